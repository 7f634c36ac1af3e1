import { expect, it } from 'vitest';
import { verdictOfTurn } from './verdict.js';

const turn = (change: Partial<Parameters<typeof verdictOfTurn>[0]> = {}): Parameters<typeof verdictOfTurn>[0] => ({
  outcome: 'answered',
  code: undefined,
  underruns: 0,
  underrunMs: 0,
  stagesMs: { speech_end_to_first_packet: 900 },
  ...change,
});
const slow = (stages: Readonly<Record<string, number>>): Parameters<typeof verdictOfTurn>[0] =>
  turn({ stagesMs: { speech_end_to_first_packet: 4000, ...stages } });

it.each([
  [turn(), 'smooth', true, '流畅。'],
  [turn({ underruns: 2, underrunMs: 44 }), 'stuttered', false, '卡顿 2 次，共静默 44 毫秒。'],
  [turn({ underruns: 2, underrunMs: 340 }), 'stuttered', false, '卡顿 2 次，共静默 0.3 秒。'],
  [slow({ transcript: 3000, llm_first_chunk: 1200 }), 'slow_recognition', false, '识别慢：说完后 3.0 秒才得到文字。'],
  [slow({ transcript: 800, llm_first_chunk: 2900 }), 'slow_model', false, '大模型慢：2.9 秒才说出第一句。'],
  [slow({ tts_first_audio: 2000 }), 'slow_voice', false, '语音合成慢：2.0 秒才出声。'],
  [slow({ asr_wait: 2500, transcript: 2600 }), 'waited', false, '别的设备在说话，等了 2.5 秒。'],
  [slow({ endpoint: 3500 }), 'smooth', true, '流畅。'],
  [turn({ outcome: 'failed', code: 'llm.bad_key' }), 'failed', false, '没有得到回答：大模型拒绝了 API 密钥。'],
  [turn({ outcome: 'busy' }), 'busy', false, '没有轮到：同时对话的设备已满。'],
  [turn({ outcome: 'interrupted' }), 'interrupted', true, '流畅，被用户打断。'],
  [turn({ outcome: 'empty' }), 'nothing', true, '没有说话，或中途放弃。'],
  [turn({ outcome: 'empty', overheard: 'echo' }), 'nothing', true, '没有回答：是设备自己的回声。'],
  [turn({ outcome: 'not_understood' }), 'not_understood', false, '没有听懂。'],
])('%#: %o', (view, kind, good, zh) => {
  expect(verdictOfTurn(view)).toMatchObject({
    kind,
    good,
    text: { zh, en: expect.stringMatching(/^[A-Z].*\.$/) as string },
  });
});
