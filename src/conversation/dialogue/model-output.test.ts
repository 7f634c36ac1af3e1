import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelOutput, type OutputPart } from './model-output.js';
import { speakable } from '../../../test/fakes/speakable.js';

const TOOLS = new Set(['set_volume', 'self_audio_speaker_set_volume', 'get_time']);

function read(deltas: readonly string[], thinksAloud = false) {
  const output = new ModelOutput({ tools: TOOLS, thinksAloud });
  const parts: OutputPart[] = [...deltas.flatMap((delta) => output.push(delta)), ...output.flush()];
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    calls: parts.flatMap((part) => (part.type === 'call' ? [part.call] : [])),
    thoughtAloud: output.thoughtAloud,
  };
}

const volume = (value: unknown, name = 'set_volume') => ({ name, arguments: { volume: value } });

const WRITTEN: readonly (readonly [string, string, readonly unknown[]])[] = [
  ['{"name": "set_volume", "arguments": {"volume": 50}}', '', [volume(50)]],
  [
    '{"name": "self.audio.speaker.set_volume", "parameters": {"volume": 50}}',
    '',
    [volume(50, 'self_audio_speaker_set_volume')],
  ],
  [
    'Sure. {"name":"set_volume","arguments":{"volume":50}} The volume is set.',
    'Sure.  The volume is set.',
    [volume(50)],
  ],
  ['{"name":"set_volume","arguments":"{\\"volume\\":50}"}', '', [volume(50)]],
  ['{"type":"function","function":{"name":"set_volume","arguments":{"volume":5}}}', '', [volume(5)]],
  ['[TOOL_CALLS][{"name": "set_volume", "arguments": {"volume": 1}}]', '', [volume(1)]],
  ['[TOOL_CALLS] [{"name": "set_volume", "arguments": {"volume": 1}}] Ok.', ' Ok.', [volume(1)]],
  [
    '[{"name": "set_volume", "arguments": {"volume": 1}}, {"name": "get_time", "arguments": {}}]',
    '',
    [volume(1), { name: 'get_time', arguments: {} }],
  ],
  ['<function=set_volume>{"volume": 50}</function>All set.', 'All set.', [volume(50)]],
  [
    '<tool_call>{"name":"set_volume","arguments":{"volume":50}}</tool_call>Done for you.',
    'Done for you.',
    [volume(50)],
  ],
  [
    '<tool_call>\n<function=set_volume>\n<parameter=volume>\n50\n</parameter>\n</function>\n</tool_call>',
    '',
    [volume(50)],
  ],
  [
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>set_volume\n```json\n' +
      '{"volume":1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>Done.',
    'Done.',
    [volume(1)],
  ],
  [
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>set_volume<｜tool▁sep｜>{"volume":1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    '',
    [volume(1)],
  ],
  ['functions.set_volume({"volume": 7}) Done.', ' Done.', [volume(7)]],
  ['I see. functions.get_time()', 'I see. ', [{ name: 'get_time', arguments: {} }]],
  ['<|channel|>commentary to=functions.set_volume <|constrain|>json<|message|>{"volume":3}<|call|>', '', [volume(3)]],
  ['{"name": "reboot", "arguments": {}}Hello.', 'Hello.', []],
  ['<tool_call>{"name": "set_volume", "argum', '', []],
  ['Sure. {"name": "set_volume", "argum', 'Sure. ', []],
  ['[{"type": "function", "function": {"name": "set_vol', '', []],
  ['<tool_call>no JSON</tool_call>Hello.', 'Hello.', []],
  ['{"emotion": "happy", "reply": "Hello there."}', 'Hello there.', []],
  [
    '<|channel|>analysis<|message|>secret ' +
      'thoughts<|end|><|start|>assistant<|channel|>final<|message|>The answer is four.',
    'The answer is four.',
    [],
  ],
  ['<|channel|>final<|message|>Four.<|return|>', 'Four.', []],
  // Text that only looks like a call.
  ['a < b, {x} and [1] and f(x) = functions of x', 'a < b, {x} and [1] and f(x) = functions of x', []],
  ['An array ["a", "b"] and {"k": 1}', 'An array ["a", "b"] and {"k": 1}', []],
  ['It ends with a <', 'It ends with a <', []],
  ['It ends with {"k": 1', 'It ends with {"k": 1', []],
  [
    '<think>Call {"name":"set_volume","arguments":{"volume":1}}?</think>No.',
    '<think>Call {"name":"set_volume","arguments":{"volume":1}}?</think>No.',
    [],
  ],
];

describe('the output of a model', () => {
  it.each(WRITTEN)('is separated into text and calls: %j', (source, text, calls) => {
    expect(read([source])).toMatchObject({ text, calls });
  });

  it('is separated in the same way however it was cut into deltas', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WRITTEN),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        ([source, text, calls], sizes) => {
          const deltas: string[] = [];
          for (let rest = source; rest !== '';) {
            const { value: size } = sizes.next();
            deltas.push(rest.slice(0, size));
            rest = rest.slice(size);
          }
          expect(read(deltas)).toMatchObject({ text, calls });
        },
      ),
    );
  });

  it('never causes an exception, and plain text is kept', () => {
    const piece = fc.constantFrom(
      '<',
      '{',
      '"',
      '}',
      '[',
      ']',
      '<|channel|>',
      '<|message|>',
      '<tool_call>',
      '</tool_call>',
      'functions.',
      '(',
      ')',
      'a',
      ' ',
      '</think>',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(read(pieces).calls).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-eg-zA-EG-Z .,!?]*$/u), (plain) => {
        expect(read([plain]).text).toBe(plain);
      }),
    );
  });
});

describe('reasoning that a model closes without having opened it', () => {
  const answer = 'I should be brief.\n</think>\nHello, my friend.';

  it('is detected, and the text after it is spoken', () => {
    const { text, thoughtAloud } = read([answer]);
    expect(thoughtAloud).toBe(true);
    expect(text).toContain('Hello, my friend.');
  });

  it('is not spoken once it was detected in an earlier answer', () => {
    expect(speakable(read([answer], true).text, 'en')).toBe('Hello, my friend.');
    expect(read(['No reasoning at all.'], true)).toMatchObject({ text: 'No reasoning at all.', thoughtAloud: false });
    expect(speakable(read(['<think>a</think>', 'Hello.'], true).text, 'en')).toBe('Hello.');
  });
});
