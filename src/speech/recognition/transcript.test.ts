import { expect, it } from 'vitest';
import { prepareTranscripts, transcript, withTranscripts } from './transcript.js';

it('removes annotations and lone marks, and writes Mandarin in the characters of its region', async () => {
  expect(await transcript('<|zh|><|NEUTRAL|> 現在幾點了？ ', 'zh-CN')).toBe('现在几点了？');
  expect(await transcript('現在幾點了？', 'zh-TW')).toBe('現在幾點了？');
  expect(await transcript('現在、開始します', 'ja-JP')).toBe('現在、開始します');
  expect(await transcript('。', 'zh-CN')).toBe('');
});

it('applies the same rules to text that is recognised during speech', async () => {
  await prepareTranscripts('zh-CN');
  const shown: string[] = [];
  const onText = (text: string): void => void shown.push(text);
  const correct = (text: string): string => text.replaceAll('客厅', '卧室');
  const heard = (language: string, text: string) =>
    withTranscripts({ deviceId: 'd', language, onText }, correct).onText?.(text);
  heard('zh-CN', '<|zh|> 打開客廳 ');
  heard('zh-TW', '打開客廳');
  heard('zh-CN', '。');
  expect(shown).toEqual(['打开卧室', '打開客廳', '']);
  expect(withTranscripts({ deviceId: 'd', language: 'zh-CN' }, correct).onText).toBeUndefined();
});
