import { beforeEach, describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, type Framing } from '../../device/protocol/index.js';
import { DeviceModel, type DeviceEvent } from './device-model.js';
import { DeviceMcp, standardTools } from './mcp-server.js';

/** Only the header is valid: SILK, 60 ms, one frame. */
const OPUS = Uint8Array.of(0x58, 1, 2, 3);

let sent: Record<string, unknown>[];
let uplink: Uint8Array[];
let channel: string[];
let events: DeviceEvent[];

function device(options: { framing?: Framing; aec?: boolean; queue?: number } = {}): DeviceModel {
  return new DeviceModel({
    framing: options.framing ?? 1,
    queuePackets: options.queue ?? 40,
    aec: options.aec ?? false,
    mcp: new DeviceMcp(standardTools({ volume: 1, brightness: 2, theme: 'light' }), { name: 'b', version: '2.4.2' }),
    port: {
      openChannel: () => channel.push('open'),
      closeChannel: () => channel.push('close'),
      sendText: (text) => sent.push(JSON.parse(text) as Record<string, unknown>),
      sendBinary: (message) => uplink.push(message),
    },
    onEvent: (event) => events.push(event),
  });
}

const HELLO = JSON.stringify({
  type: 'hello',
  transport: 'websocket',
  session_id: 's1',
  audio_params: { format: 'opus', sample_rate: 24_000, channels: 1, frame_duration: 60 },
});
const tts = (state: string): string => JSON.stringify({ session_id: 's1', type: 'tts', state });

function connect(model: DeviceModel, nowMs = 0): void {
  model.channelOpened();
  model.text(HELLO, nowMs);
}

/** A device that has listened since 0, and whose microphone has been on since 120 ms. */
function listening(options: Parameters<typeof device>[0] = {}): DeviceModel {
  const model = device(options);
  model.click(0);
  connect(model);
  return model;
}

const types = (): unknown[] =>
  sent.map((message) =>
    message['type'] === 'listen'
      ? ['listen', message['state'], message['mode']].filter(Boolean).join(' ')
      : message['type'],
  );

beforeEach(() => {
  sent = [];
  uplink = [];
  channel = [];
  events = [];
});

describe('a conversation', () => {
  it('opens the channel, says hello, listens, and warms up the microphone for 120 ms', () => {
    const model = listening();
    expect(channel).toEqual(['open']);
    expect(types()).toEqual(['hello', 'listen start auto']);
    expect(sent[0]).toMatchObject({ version: 1, transport: 'websocket', features: { mcp: true } });
    expect(sent[1]).toMatchObject({ session_id: 's1' });
    model.microphone(OPUS, 119);
    expect(uplink).toHaveLength(0);
    model.microphone(OPUS, 120);
    expect(uplink).toHaveLength(1);
  });

  it('sends the wake word before it listens', () => {
    const model = device({ framing: 2 });
    model.wakeWord('你好小智', [OPUS, OPUS], 0);
    connect(model);
    expect(types()).toEqual(['hello', 'listen detect', 'listen start auto']);
    expect(uplink.map((message) => decodeFrame(2, message)?.packet)).toEqual([OPUS, OPUS]);
  });

  it('in auto mode stops the microphone while it speaks, and opens it once everything has been played', () => {
    const model = listening();
    model.text(tts('start'), 1000);
    model.tick(1020);
    expect(model.state).toBe('speaking');
    expect(model.microphoneFromMs).toBeUndefined();
    for (let i = 0; i < 5; i++) model.binary(OPUS, 1110 + i);
    model.text(tts('stop'), 1120);
    expect(model.state).toBe('listening');
    expect(model.nextDueMs(1120)).toBe(1110 + 300);
    model.tick(1400);
    expect(types().filter((type) => type === 'listen start auto')).toHaveLength(1);
    model.tick(1410);
    expect(types().filter((type) => type === 'listen start auto')).toHaveLength(2);
    expect(model.microphoneFromMs).toBe(1530);
    expect(model.judge.violations).toEqual([]);
  });

  it('in realtime mode keeps the microphone on and does not listen again', () => {
    const model = listening({ aec: true });
    model.text(tts('start'), 1000);
    model.tick(1100);
    model.microphone(OPUS, 1100);
    expect(uplink).toHaveLength(1);
    model.text(tts('stop'), 1200);
    expect(model.state).toBe('listening');
    expect(types().filter((type) => type === 'listen start realtime')).toHaveLength(1);
  });

  it('in manual mode is idle with the channel open, and sends two frames after the release', () => {
    const model = device();
    model.press(0);
    connect(model);
    model.microphone(OPUS, 200);
    model.release(300);
    for (let i = 0; i < 4; i++) model.microphone(OPUS, 310 + i);
    expect(uplink).toHaveLength(3);
    expect(model.state).toBe('idle');
    model.text(tts('start'), 600);
    model.tick(700);
    model.binary(OPUS, 700);
    model.text(tts('stop'), 900);
    expect(model.state).toBe('idle');
    expect(model.connected).toBe(true);
  });

  it('loses packets that arrive before it has entered speaking, and reports the loss', () => {
    const model = listening();
    model.text(tts('start'), 1000);
    model.binary(OPUS, 1005);
    model.binary(OPUS, 1100);
    expect(events.filter((event) => event.type === 'packet').map((event) => event.lost)).toEqual([
      'not_speaking',
      'no',
    ]);
    expect(model.judge.violations.map(({ kind }) => kind)).toEqual(['audio_too_early']);
  });

  it('keeps the microphone on, and sends no new listen start, when start and stop come back to back', () => {
    const model = listening();
    model.text(tts('start'), 1000);
    model.text(tts('stop'), 1001);
    expect(model.state).toBe('listening');
    expect(types().filter((type) => type === 'listen start auto')).toHaveLength(1);
    model.microphone(OPUS, 1100);
    expect(uplink).toHaveLength(1);
  });

  it('ignores tts start before the hello was answered', () => {
    const model = device();
    model.click(0);
    model.channelOpened();
    model.text(tts('start'), 10);
    expect(model.state).toBe('connecting');
    expect(model.judge.violations.map(({ kind }) => kind)).toEqual(['before_hello']);
  });

  it('becomes idle when the server closes', () => {
    const model = listening();
    model.channelClosed(500);
    expect(model.state).toBe('idle');
    model.microphone(OPUS, 600);
    expect(uplink).toHaveLength(0);
    model.click(700);
    expect(channel).toEqual(['open', 'open']);
  });
});

describe('interrupting', () => {
  function speaking(options: Parameters<typeof device>[0] = {}): DeviceModel {
    const model = listening(options);
    model.text(tts('start'), 1000);
    model.tick(1020);
    for (let i = 0; i < 10; i++) model.binary(OPUS, 1110 + 20 * i);
    return model;
  }

  it('by click: sends abort, and plays on until the server stops', () => {
    const model = speaking();
    model.click(1400);
    expect(sent.at(-1)).toEqual({ session_id: 's1', type: 'abort' });
    expect(model.state).toBe('speaking');
    model.binary(OPUS, 1410);
    expect(model.judge.violations).toEqual([]);
    model.binary(OPUS, 1470);
    expect(model.judge.violations.map(({ kind }) => kind)).toEqual(['audio_after_abort']);
    model.text(tts('stop'), 1480);
    expect(model.state).toBe('listening');
  });

  it('by push-to-talk: sends abort and listen start, and empties the queue', () => {
    const model = speaking();
    model.press(1400);
    expect(types().slice(-2)).toEqual(['abort', 'listen start manual']);
    expect(model.playback.queued).toBe(0);
    expect(model.state).toBe('listening');
  });

  it('by wake word in auto mode: plays the queue before the microphone opens', () => {
    const model = speaking();
    model.wakeWord('hi', [], 1400);
    expect(sent.at(-1)).toMatchObject({ type: 'abort', reason: 'wake_word_detected' });
    expect(model.state).toBe('listening');
    const due = model.nextDueMs(1400) ?? 0;
    expect(due).toBe(1110 + 600);
    model.tick(due);
    expect(types().at(-1)).toBe('listen start auto');
  });

  it('by wake word in realtime mode: opens the microphone at once', () => {
    const model = speaking({ aec: true });
    model.wakeWord('hi', [], 1400);
    expect(types().slice(-2)).toEqual(['abort', 'listen start realtime']);
    expect(model.playback.queued).toBe(0);
  });

  it('hangs up on a click while it listens', () => {
    const model = listening();
    model.click(500);
    expect(channel).toEqual(['open', 'close']);
    expect(model.state).toBe('idle');
  });
});

describe('the judge', () => {
  it.each<[string, (model: DeviceModel) => void, string]>([
    ['sound outside of a reply', (model) => model.binary(OPUS, 500), 'audio_outside'],
    ['two starts', (model) => [500, 700].forEach((nowMs) => model.text(tts('start'), nowMs)), 'start_without_stop'],
    ['a stop alone', (model) => model.text(tts('stop'), 500), 'stop_without_start'],
    ['a second hello', (model) => model.text(HELLO, 500), 'second_hello'],
    ['an empty message', (model) => model.binary(new Uint8Array(0), 500), 'empty_packet'],
    ['not JSON', (model) => model.text('{', 500), 'bad_message'],
    [
      'a face that does not exist',
      (model) => model.text(JSON.stringify({ type: 'llm', emotion: 'furious' }), 500),
      'bad_emotion',
    ],
    [
      'an emoji in a sentence',
      (model) => model.text(JSON.stringify({ type: 'tts', state: 'sentence_start', text: 'hi 😀' }), 500),
      'bad_sentence',
    ],
  ])('%s', (_name, act, kind) => {
    const model = listening();
    act(model);
    expect(model.judge.violations.map((violation) => violation.kind)).toEqual([kind]);
  });

  it.each<[Framing, Uint8Array, string[]]>([
    [2, encodeFrame(2, OPUS, 7), []],
    [2, OPUS, ['wrong_framing']],
    [2, Uint8Array.from([...encodeFrame(2, OPUS, 7), 0]), ['wrong_framing']],
    [3, encodeFrame(3, OPUS, 0), []],
    [3, encodeFrame(2, OPUS, 7), ['wrong_framing']],
    [1, Uint8Array.of(0x48, 1, 2), ['wrong_duration']],
    [1, OPUS, []],
  ])('framing %i: %o', (framing, message, kinds) => {
    const model = listening({ framing });
    model.text(tts('start'), 1000);
    model.binary(message, 1200);
    expect(model.judge.violations.map((violation) => violation.kind)).toEqual(kinds);
  });

  it('reports a bad alert while the device speaks', () => {
    const model = listening();
    model.text(tts('start'), 1000);
    model.text(JSON.stringify({ type: 'alert', status: 's', message: 'm', emotion: 'sad' }), 1100);
    expect(model.judge.violations.map((violation) => violation.kind)).toEqual(['bad_alert']);
  });
});

describe('an MCP request', () => {
  it('is answered through the channel, with the session', () => {
    const model = listening();
    model.text(
      JSON.stringify({
        type: 'mcp',
        payload: {
          jsonrpc: '2.0',
          id: 3,
          method: 'tools/call',
          params: { name: 'self.audio_speaker.set_volume', arguments: { volume: 30 } },
        },
      }),
      10,
    );
    expect(sent.at(-1)).toEqual({
      session_id: 's1',
      type: 'mcp',
      payload: { jsonrpc: '2.0', id: 3, result: { content: [{ type: 'text', text: 'true' }], isError: false } },
    });
  });
});
