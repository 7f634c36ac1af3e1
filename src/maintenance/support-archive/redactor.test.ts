import { describe, expect, it } from 'vitest';
import { TURN_FIELD_LIST } from '../../records/index.js';
import { Redactor, secretsOfEnvironment } from './redactor.js';

const redactor = new Redactor(['s3cr"t value', 'abc']);

describe('the redactor', () => {
  it.each([
    ['a known secret', 'before s3cr"t value after', 'before [redacted] after'],
    ['in an address', `?x=${encodeURIComponent('s3cr"t value')}`, '?x=[redacted]'],
    ['in JSON', JSON.stringify({ a: 's3cr"t value' }), '{"a":"[redacted]"}'],
    ['in base64', Buffer.from('s3cr"t value').toString('base64'), '[redacted]'],
    ['credentials of an address', 'postgres://chorus:pa55@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['a bearer token', 'Authorization: Bearer abc.def-ghi', 'Authorization: [redacted] [redacted]'],
    ['a parameter', 'https://x/y?api_key=short&z=1', 'https://x/y?api_key=[redacted]&z=1'],
    [
      'a key of a service',
      'Incorrect API key provided: sk-proj-12ab34cd56ef',
      'Incorrect API key provided: [redacted]',
    ],
    ['a key of GLM', `${'0a'.repeat(16)}.AbCdEfGhIjKl`, '[redacted]'],
    ['a device token', `${'aB3_'.repeat(10)}aB3.4`, '[redacted].4'],
    ['a Client-Id', '3fa85f64-5717-4562-b3fc-2c963f66afa6', '3fa8…'],
    ['a MAC', 'device a0:85:e3:f4:49:34 said', 'device …:49:34 said'],
  ])('%s', (_what, text, clean) => expect(redactor.text(text)).toBe(clean));

  it('decides by the keys of data, and also removes spoken words', () => {
    const clean = redactor.data({
      api_key: 'x',
      nested: { 'x-chorus-csrf': 1, tokens: 12, llm_first_token: 300 },
      userText: 'hello there',
      piiAnswer: 'hi',
      code: '123456',
      stagesMs: { asr: 3 },
      text: { en: 'It was slow.', zh: '慢。' },
      prompt: ['I am'],
    });
    expect(clean).toEqual({
      api_key: '[redacted]',
      nested: { 'x-chorus-csrf': '[redacted]', tokens: 12, llm_first_token: 300 },
      userText: '[13 characters]',
      piiAnswer: '[4 characters]',
      code: '[redacted]',
      stagesMs: { asr: 3 },
      text: { en: 'It was slow.', zh: '慢。' },
      prompt: '[8 characters]',
    });
  });

  it('removes each personal field of a turn', () => {
    const personal = TURN_FIELD_LIST.flatMap(([name, { pii }]) => (pii === true ? [name] : []));
    expect(personal.length).toBeGreaterThan(0);
    for (const name of personal)
      expect(redactor.data({ turns: [{ [name]: 'Anna', code: 'llm.timeout' }] })).toEqual({
        turns: [{ [name]: '[6 characters]', code: 'llm.timeout' }],
      });
  });

  it('redacts complete log lines, and leaves out truncated ones', () => {
    expect(redactor.line('{"level":30,"token":"x","msg":"turn","pii_user":"good morning"}')).toBe(
      '{"level":30,"token":"[redacted]","msg":"turn","pii_user":"[14 characters]"}',
    );
    for (const cut of ['{"level":30,"url":"http://x/?key=s3cr', '{"level":30,"pii_user":"good mor{"level":30}'])
      expect(redactor.line(cut)).toBe(`[a cut line of ${cut.length} characters]`);
  });
});

it('the redactor keeps the information that support needs', () => {
  for (const text of [
    'chorus_turn_stage_seconds_bucket{stage="llm_first_token",le="0.5"} 3',
    '/srv/chorus/node_modules/onnxruntime-node/dist/index.js:12',
    'model.corrupt: sense-voice-int8',
    'performance_report_20261125_101500.json',
    '192.168.1.20:8000',
    'ECONNREFUSED',
    '2026-11-25T17:48:00.000Z',
  ])
    expect(redactor.text(text)).toBe(text);
});

it('recognises secrets in the environment by variable names, and passwords in addresses', () => {
  expect(
    secretsOfEnvironment({
      OPENAI_API_KEY: 'k1',
      DATABASE: 'postgres://u:pw%40rd@db/x',
      BROKER: 'mqtt://u:50%@broker',
      PATH: '/bin',
      CHORUS_METRICS__TOKEN: 't1',
      EMPTY_KEY: '',
    }),
  ).toEqual(['k1', 'pw%40rd', 'pw@rd', '50%', 't1']);
});
