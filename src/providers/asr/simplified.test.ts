import { expect, it } from 'vitest';
import { loadSimplified, simplified, writesSimplified } from './simplified.js';

it('converts text from Whisper to Simplified characters, and leaves other texts unchanged', async () => {
  await loadSimplified();
  expect(
    ['開放時間早上九點至下午五點', '把聲音調大一點', '他看著一本著名的書', '後天', '皇后', '乾隆喝乾了一杯'].map(
      simplified,
    ),
  ).toEqual(['开放时间早上九点至下午五点', '把声音调大一点', '他看着一本著名的书', '后天', '皇后', '乾隆喝干了一杯']);
  for (const text of ['播放周杰伦的晴天', 'Turn it up, 大声一点', '12:30', ''])
    expect(simplified(text), text).toBe(text);
});

it.each([
  ['zh', true],
  ['zh-CN', true],
  ['zh_CN', true],
  ['ZH-Hans-HK', true],
  ['zh-SG', true],
  ['zh-TW', false],
  ['zh_HK', false],
  ['zh-Hant', false],
  ['zh-Hant-CN', false],
  ['yue-CN', false],
  ['ja-JP', false],
  ['zha', false],
  ['', false],
])('%s uses Simplified characters: %s', (tag, expected) => {
  expect(writesSimplified(tag)).toBe(expected);
});
