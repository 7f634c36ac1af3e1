import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CONVERSATION, step, type Conversation, type Effect, type TalkEvent } from './conversation.js';
import { parseServerMessage, type ServerMessage } from './server-message.js';

const message = (value: ServerMessage): TalkEvent => ({ type: 'message', message: value });
const START = message({ type: 'tts', state: 'start' });
const STOP = message({ type: 'tts', state: 'stop' });
const sentence = (text: string): TalkEvent => message({ type: 'tts', state: 'sentence_start', text });
const stt = (text: string): TalkEvent => message({ type: 'stt', text });

function play(
  events: readonly TalkEvent[],
  from: Conversation = NO_CONVERSATION,
): { readonly state: Conversation; readonly effects: readonly Effect[] } {
  let state = from;
  const effects: Effect[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const sent = (effects: readonly Effect[]): readonly unknown[] =>
  effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));

describe('hands-free', () => {
  const listening: readonly TalkEvent[] = [{ type: 'begin', mode: 'hands-free' }, { type: 'opened' }];

  it('opens everything, and then listens with an open microphone', () => {
    const { state, effects } = play(listening);
    expect(state.phase).toBe('listening');
    expect(effects).toEqual([
      { type: 'open' },
      { type: 'send', message: { type: 'listen', state: 'start', mode: 'realtime' } },
      { type: 'listen' },
    ]);
  });

  it('shows the transcript at once, and listens again after the last word was played', () => {
    const spoken = play([
      ...listening,
      stt('what time is it'),
      START,
      message({ type: 'llm', emotion: 'happy' }),
      sentence('It is noon.'),
      sentence('Time for lunch.'),
    ]);
    expect(spoken.state).toMatchObject({ phase: 'speaking', emotion: 'happy' });
    expect(spoken.state.lines.map(({ who, text, emotion }) => [who, text, emotion])).toEqual([
      ['you', 'what time is it', undefined],
      ['chorus', 'It is noon. Time for lunch.', 'happy'],
    ]);
    // The server has sent the whole reply, but the playback continues.
    const stopped = play([STOP], spoken.state);
    expect(stopped.state.phase).toBe('speaking');
    expect(stopped.effects).toEqual([{ type: 'reply-ends' }]);
    const heard = play([{ type: 'heard' }], stopped.state);
    expect(heard.state.phase).toBe('listening');
    // In this mode the microphone stays open all the time.
    expect(heard.effects).toEqual([]);
  });

  it('joins Chinese sentences without a space', () => {
    const { state } = play([...listening, stt('几点了'), START, sentence('现在十二点。'), sentence('该吃午饭了。')]);
    expect(state.lines.at(-1)?.text).toBe('现在十二点。该吃午饭了。');
  });

  it('shows an alert, but not a second time when it is spoken', () => {
    const alert = play([...listening, message({ type: 'alert', message: 'Busy, later.' })]).state;
    expect(alert.trouble).toEqual({ kind: 'message', text: 'Busy, later.' });
    const spoken = play([START, sentence('Busy, later.')], alert).state;
    expect(spoken).toMatchObject({ trouble: undefined, lines: [{ who: 'chorus', text: 'Busy, later.' }] });
  });

  it('silences an interrupted answer at once, and does not show its rest', () => {
    const { state, effects } = play([
      ...listening,
      stt('tell me a story'),
      START,
      sentence('Once upon a time.'),
      { type: 'interrupt' },
      sentence('There was a king.'),
      STOP,
    ]);
    expect(state.phase).toBe('listening');
    expect(sent(effects).at(-1)).toEqual({ type: 'abort' });
    expect(effects.at(-1)).toEqual({ type: 'hush' });
    expect(state.lines.at(-1)?.text).toBe('Once upon a time.');
  });
});

describe('hold to talk', () => {
  it('connects at the first press; if the button is still held, it listens', () => {
    const { state, effects } = play([{ type: 'press' }, { type: 'opened' }]);
    expect(state).toMatchObject({ phase: 'listening', mode: 'hold', held: true });
    expect(sent(effects)).toEqual([{ type: 'listen', state: 'start', mode: 'manual' }]);
    expect(play([{ type: 'release' }], state)).toMatchObject({
      state: { phase: 'thinking' },
      effects: [{ type: 'finish-utterance' }],
    });
  });

  it('is ready after the connection if the button was released before', () => {
    expect(play([{ type: 'press' }, { type: 'release' }, { type: 'opened' }]).state).toMatchObject({
      phase: 'ready',
      held: false,
    });
  });

  it('is interrupted by a press during an answer, and the rest of the answer is ignored', () => {
    const { state, effects } = play([
      { type: 'press' },
      { type: 'opened' },
      { type: 'release' },
      stt('hello'),
      START,
      sentence('Good'),
      { type: 'press' },
      sentence('morning'),
      STOP,
    ]);
    expect(state).toMatchObject({ phase: 'listening', held: true });
    expect(sent(effects).slice(-2)).toEqual([{ type: 'abort' }, { type: 'listen', state: 'start', mode: 'manual' }]);
    expect(state.lines.at(-1)?.text).toBe('Good');
  });

  it('is ready again after an utterance without a transcript', () => {
    expect(
      play([{ type: 'press' }, { type: 'opened' }, { type: 'release' }, START, STOP, { type: 'heard' }]).state.phase,
    ).toBe('ready');
    expect(play([{ type: 'press' }, { type: 'opened' }, { type: 'release' }, STOP]).state.phase).toBe('ready');
  });
});

describe('the end of a conversation', () => {
  it('comes with the end of the connection; the transcript stays', () => {
    const { state, effects } = play([
      { type: 'begin', mode: 'hands-free' },
      { type: 'opened' },
      stt('goodbye'),
      START,
      sentence('Bye.'),
      STOP,
      { type: 'closed' },
    ]);
    expect(state).toMatchObject({ phase: 'off', ended: true, trouble: undefined });
    expect(state.lines).toHaveLength(2);
    expect(effects.at(-1)).toEqual({ type: 'close' });
  });

  it('has a reason after a failure, and a new conversation can begin', () => {
    const failed = play([
      { type: 'begin', mode: 'hands-free' },
      { type: 'failed', trouble: { kind: 'denied' } },
    ]).state;
    expect(failed).toMatchObject({ phase: 'off', trouble: { kind: 'denied' } });
    expect(play([{ type: 'begin', mode: 'hands-free' }], failed)).toMatchObject({
      state: { phase: 'connecting', trouble: undefined },
      effects: [{ type: 'open' }],
    });
  });

  it('for any sequence of events, the connection is closed exactly if the phase is off', () => {
    const event = fc.oneof(
      fc.constantFrom<TalkEvent>(
        { type: 'begin', mode: 'hands-free' },
        { type: 'begin', mode: 'hold' },
        { type: 'press' },
        { type: 'release' },
        { type: 'interrupt' },
        { type: 'opened' },
        { type: 'heard' },
        START,
        STOP,
        stt('x'),
        sentence('y'),
        message({ type: 'llm', emotion: 'sad' }),
      ),
      fc.constantFrom<TalkEvent>({ type: 'end' }, { type: 'closed' }, { type: 'failed', trouble: { kind: 'lost' } }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), (events) => {
        let open = false;
        let state = NO_CONVERSATION;
        for (const one of events) {
          const next = step(state, one);
          for (const effect of next.effects) {
            if (effect.type === 'open') {
              expect(open).toBe(false);
              open = true;
            }
            if (effect.type === 'close') open = false;
            if (effect.type === 'send' || effect.type === 'listen') expect(open).toBe(true);
          }
          state = next.state;
          expect(state.phase === 'off').toBe(!open);
          if (state.replying) expect(state.phase === 'speaking' || state.held).toBe(true);
          expect(state.lines.length).toBeLessThanOrEqual(40);
        }
      }),
    );
  });
});

describe('messages of the server', () => {
  it('are accepted if a device understands them, and ignored otherwise', () => {
    expect(
      parseServerMessage(
        '{"type":"hello","transport":"websocket","session_id":"a","audio_params":{"sample_rate":16000}}',
      ),
    ).toEqual({ type: 'hello', rateHz: 16_000 });
    expect(parseServerMessage('{"session_id":"a","type":"tts","state":"sentence_start","text":"Hi."}')).toEqual({
      type: 'tts',
      state: 'sentence_start',
      text: 'Hi.',
    });
    expect(parseServerMessage('{"type":"alert","status":"busy","message":"Later","emotion":"sad"}')).toEqual({
      type: 'alert',
      message: 'Later',
    });
    for (const odd of [
      '',
      'null',
      '[]',
      '{"type":"hello"}',
      '{"type":"tts","state":"sentence_end"}',
      '{"type":"stt"}',
      '{"type":"mcp","payload":{}}',
      '{',
    ])
      expect(parseServerMessage(odd)).toBeUndefined();
  });
});
