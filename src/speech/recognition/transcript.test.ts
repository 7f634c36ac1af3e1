import { expect, it } from 'vitest';
import { inItsCharacters, prepareTranscripts, transcript } from './transcript.js';

it('removes annotations and lone marks, and writes Mandarin in the characters of its country', async () => {
  expect(await transcript('<|zh|><|NEUTRAL|> 現在幾點了？ ', 'zh-CN')).toBe('现在几点了？');
  expect(await transcript('現在幾點了？', 'zh-TW')).toBe('現在幾點了？');
  expect(await transcript('現在、開始します', 'ja-JP')).toBe('現在、開始します');
  expect(await transcript('。', 'zh-CN')).toBe('');
});

it('shows the same characters while somebody speaks', async () => {
  await prepareTranscripts('zh-CN');
  const shown: string[] = [];
  const onText = (text: string): void => void shown.push(text);
  inItsCharacters({ deviceId: 'd', language: 'zh-CN', onText }).onText?.('打開客廳');
  inItsCharacters({ deviceId: 'd', language: 'zh-TW', onText }).onText?.('打開客廳');
  expect(shown).toEqual(['打开客厅', '打開客廳']);
  expect(inItsCharacters({ deviceId: 'd', language: 'zh-CN' }).onText).toBeUndefined();
});
