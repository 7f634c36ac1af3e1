import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearly } from '../../../test/fakes/nearly.js';
import {
  decodeFrame,
  EMOTIONS,
  encodeFrame,
  encodeServerMessage,
  negotiateFraming,
  opusDurationMs,
  parseDeviceMessage,
  serverHello,
  type Framing,
} from './index.js';

const framing = fc.constantFrom<Framing>(1, 2, 3);
const TYPES = ['hello', 'listen', 'abort', 'mcp', 'goodbye', 'iot'];
const REASONS = ['not_json', 'not_an_object', 'unknown_type', 'wrong_shape'];

describe('frames', () => {
  it('decode to what was encoded, in each framing', () => {
    fc.assert(
      fc.property(
        framing,
        fc.uint8Array({ minLength: 1, maxLength: 1500 }),
        fc.nat(0xffff_ffff),
        (version, packet, timestampMs) => {
          const decoded = decodeFrame(version, encodeFrame(version, packet, timestampMs));
          expect(decoded?.packet).toEqual(packet);
          expect(decoded?.timestampMs).toBe(version === 2 ? timestampMs : 0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('decode any bytes to a part of these bytes or to nothing', () => {
    fc.assert(
      fc.property(framing, fc.uint8Array({ maxLength: 64 }), fc.nat(8), (version, bytes, offset) => {
        // A socket also delivers views into larger buffers.
        const view = bytes.subarray(Math.min(offset, bytes.length));
        const decoded = decodeFrame(version, view);
        if (!decoded) return;
        expect(decoded.packet.buffer).toBe(view.buffer);
        expect(decoded.packet.byteOffset).toBeGreaterThanOrEqual(view.byteOffset);
        expect(decoded.packet.byteOffset + decoded.packet.length).toBeLessThanOrEqual(view.byteOffset + view.length);
      }),
      { numRuns: 20_000 },
    );
  });

  it('have a header of 16 bytes with time and length, of 4 bytes with the length, or none', () => {
    const packet = Uint8Array.of(7, 8, 9);
    expect([...encodeFrame(1, packet, 0x01020304)]).toEqual([7, 8, 9]);
    expect([...encodeFrame(2, packet, 0x01020304)]).toEqual([0, 2, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 3, 7, 8, 9]);
    expect([...encodeFrame(3, packet, 0x01020304)]).toEqual([0, 0, 0, 3, 7, 8, 9]);
  });

  it('are refused if the length field exceeds the message; a smaller length cuts the packet', () => {
    for (const [framing, at] of [
      [2, 15],
      [3, 3],
    ] as const) {
      const frame = encodeFrame(framing, Uint8Array.of(7, 8, 9), 5);
      const saying = (length: number): number[] | undefined => {
        const changed = Uint8Array.from(frame);
        changed[at] = length;
        const decoded = decodeFrame(framing, changed);
        return decoded && [...decoded.packet];
      };
      expect([saying(0), saying(2), saying(3), saying(4)]).toEqual([[], [7, 8], [7, 8, 9], undefined]);
      const header = frame.length - 3;
      expect(decodeFrame(framing, frame.subarray(0, header - 1))).toBeUndefined();
      const empty = Uint8Array.from(frame.subarray(0, header));
      empty[at] = 0;
      expect(decodeFrame(framing, empty)?.packet).toHaveLength(0);
    }
    expect(decodeFrame(1, new Uint8Array())?.packet).toHaveLength(0);
  });

  it('are never made of an empty packet', () => {
    for (const version of [1, 2, 3] as const)
      expect(() => encodeFrame(version, new Uint8Array(), 0)).toThrow(RangeError);
  });
});

const nearlyMessage = nearly({
  type: ['hello', 'listen', 'abort', 'mcp', 'goodbye', 'iot', 'ping', '__proto__', 'constructor', 'toString'],
  state: ['start', 'stop', 'detect', 'sing'],
  mode: ['auto', 'manual', 'realtime', 'x'],
  version: [1, 2, 3, 4, 1.5, '1'],
  session_id: ['', 'abc', 'x'.repeat(200)],
  features: [{ mcp: true, aec: 1 }, null, []],
  audio_params: [{ format: 'opus', sample_rate: 'x' }, 1],
  payload: [{ jsonrpc: '2.0' }, [], null],
  text: ['你好小智', 'x'.repeat(2000), 5],
  reason: ['wake_word_detected', 1],
});

describe('the playing time of a packet', () => {
  it.each([
    ['one frame of 60 ms', [0x58], 60],
    ['two frames of 20 ms', [0x49], 40],
    ['one frame of 10 ms, hybrid', [0x60], 10],
    ['one frame of 20 ms, hybrid', [0x68], 20],
    ['one frame of 20 ms, hybrid, the last number before CELT', [0x78], 20],
    ['one frame of 2.5 ms, the first number of CELT', [0x80], 2.5],
    ['a cut number of frames of 2.5 ms', [0x83], undefined],
    ['three frames of 2.5 ms', [0xe3, 3], 7.5],
    ['the longest possible packet', [0x5b, 2], 120],
    ['a longer packet: no Opus', [0x5b, 3], undefined],
    ['no frame: no Opus', [0x5b, 0], undefined],
    ['a cut number of frames', [0x5b], undefined],
    ['no bytes', [], undefined],
  ])('%s', (_, bytes, durationMs) => {
    expect(opusDurationMs(Uint8Array.from(bytes))).toBe(durationMs);
  });
});

describe('messages of the device', () => {
  it('are parsed from any text, or refused for one of four reasons', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.json(),
      nearlyMessage.map((m) => JSON.stringify(m) ?? ''),
    );
    fc.assert(
      fc.property(text, (input) => {
        const parsed = parseDeviceMessage(input);
        expect([...TYPES, ...REASONS]).toContain(parsed.ok ? parsed.message.type : parsed.kind);
      }),
      { numRuns: 5000 },
    );
  });

  it('do no harm if they contain deep nesting or huge numbers', () => {
    const deep = `{"type":"mcp","payload":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`;
    expect(() => parseDeviceMessage(deep)).not.toThrow();
    expect(parseDeviceMessage('{"type":"hello","version":1e999}')).toMatchObject({ ok: true });
    expect(parseDeviceMessage('{"type":"mcp","payload":{"__proto__":{"polluted":true}}}').ok).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('are understood as real firmware sends them', () => {
    const cases: [string, object][] = [
      [
        '{"session_id":"a","type":"listen","state":"start","mode":"realtime"}',
        { type: 'listen', state: 'start', mode: 'realtime' },
      ],
      ['{"session_id":"a","type":"listen","state":"stop"}', { type: 'listen', state: 'stop' }],
      [
        '{"session_id":"a","type":"listen","state":"start","mode":"manual"}',
        { type: 'listen', state: 'start', mode: 'manual' },
      ],
      [
        '{"session_id":"a","type":"listen","state":"start","mode":"auto"}',
        { type: 'listen', state: 'start', mode: 'auto' },
      ],
      [
        '{"session_id":"a","type":"listen","state":"detect","text":"你好小智"}',
        { type: 'listen', state: 'detect', text: '你好小智' },
      ],
      [
        '{"session_id":"a","type":"abort","reason":"wake_word_detected"}',
        { type: 'abort', reason: 'wake_word_detected' },
      ],
      [
        '{"session_id":"a","type":"mcp","payload":{"jsonrpc":"2.0","id":1,"result":{}}}',
        { type: 'mcp', payload: { jsonrpc: '2.0', id: 1, result: {} } },
      ],
    ];
    for (const [text, message] of cases) expect(parseDeviceMessage(text)).toMatchObject({ ok: true, message });
  });

  it('are parsed member by member: only the wrong member is dropped', () => {
    const of = (message: object): unknown => {
      const parsed = parseDeviceMessage(JSON.stringify(message));
      return parsed.ok ? parsed.message : parsed.kind;
    };
    const hello = {
      type: 'hello',
      version: 3,
      transport: 'websocket',
      features: { mcp: true, aec: false },
      audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
    };
    expect(of({ ...hello, unknown: 1 })).toEqual(hello);
    expect(of({ ...hello, transport: 'x'.repeat(33), version: '3' })).toEqual({
      ...hello,
      transport: undefined,
      version: undefined,
    });
    expect(of({ ...hello, audio_params: { ...hello.audio_params, format: 'x'.repeat(33), channels: 'two' } })).toEqual({
      ...hello,
      audio_params: { ...hello.audio_params, format: undefined, channels: undefined },
    });
    for (const part of ['features', 'audio_params'] as const) {
      expect(of({ ...hello, [part]: 7 })).toEqual({ ...hello, [part]: undefined });
      for (const member of Object.keys(hello[part]))
        expect(of({ ...hello, [part]: { ...hello[part], [member]: [] } })).toEqual({
          ...hello,
          [part]: { ...hello[part], [member]: undefined },
        });
    }
    expect(of({ ...hello, version: 1.5, transport: 'x'.repeat(32) })).toEqual({
      ...hello,
      version: undefined,
      transport: 'x'.repeat(32),
    });
    const abort = { type: 'abort', session_id: 'a', reason: 'x'.repeat(128) };
    expect([of(abort), of({ ...abort, reason: 'x'.repeat(129) }), of({ type: 'abort' })]).toEqual([
      abort,
      { ...abort, reason: undefined },
      { type: 'abort' },
    ]);
    const listen = { type: 'listen', state: 'start', session_id: 'a' };
    for (const mode of ['auto', 'manual', 'realtime'])
      expect(of({ ...listen, mode, text: 'x' })).toEqual({ ...listen, mode });
    for (const mode of ['x', 1, undefined]) expect(of({ ...listen, mode })).toEqual({ ...listen, mode: 'auto' });
    expect(of({ ...listen, state: 'stop', mode: 'x' })).toEqual({ ...listen, state: 'stop' });
    expect(of({ ...listen, state: 'detect' })).toEqual({ ...listen, state: 'detect', text: '' });
    expect(of({ ...listen, state: 'detect', text: 'x'.repeat(1024) })).toMatchObject({ text: 'x'.repeat(1024) });
    expect(of({ ...listen, state: 'detect', text: 'x'.repeat(1025) })).toMatchObject({ text: '' });
    expect(of({ ...listen, state: 'detect', text: 'Hi\u202e there' })).toMatchObject({ text: 'Hi there' });
    expect(of({ ...listen, state: 'sing' })).toBe('wrong_shape');
    expect(of({ type: 'goodbye', session_id: 'x'.repeat(129) })).toEqual({ type: 'goodbye', session_id: undefined });
    expect(of({ type: 'goodbye', session_id: 'x'.repeat(128) })).toEqual({
      type: 'goodbye',
      session_id: 'x'.repeat(128),
    });
    const things = (count: number): unknown => of({ type: 'iot', descriptors: Array(count).fill(1), states: [1] });
    expect(things(64)).toEqual({ type: 'iot', descriptors: Array(64).fill(1), states: [1] });
    expect(things(65)).toEqual({ type: 'iot', descriptors: undefined, states: [1] });
  });

  it('are refused with one of four reasons if they are invalid', () => {
    const of = (text: string): unknown => {
      const parsed = parseDeviceMessage(text);
      return parsed.ok ? 'a message' : parsed.kind;
    };
    expect(['{"type":', 'hello', ''].map(of)).toEqual(Array(3).fill('not_json'));
    expect(['null', '[]', '5', '"hello"', 'true', '[{"type":"hello"}]'].map(of)).toEqual(
      Array(6).fill('not_an_object'),
    );
    expect(['{}', '{"type":5}', '{"type":["hello"]}', '{"type":"toString"}'].map(of)).toEqual(
      Array(4).fill('unknown_type'),
    );
    expect(['{"type":"mcp"}', '{"type":"listen"}'].map(of)).toEqual(Array(2).fill('wrong_shape'));
  });

  it('determine the framing: from the hello, otherwise from the header, otherwise 1', () => {
    const of = (version: unknown, header?: string): Framing =>
      negotiateFraming({ type: 'hello', version: version as number }, header);
    expect([1, 2, 3].map((version) => of(version, '2'))).toEqual([1, 2, 3]);
    expect(['1', '2', '3'].map((header) => of(undefined, header))).toEqual([1, 2, 3]);
    expect([of(4, '3'), of(0, '0'), of('2', '4'), of(undefined), of(undefined, 'x')]).toEqual([3, 1, 1, 1, 1]);
  });

  it('give a framing of 1, 2 or 3, whatever they contain', () => {
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.string(), { nil: undefined }), (version, header) => {
        expect([1, 2, 3]).toContain(negotiateFraming({ type: 'hello', version: version as number }, header));
      }),
    );
  });
});

describe('messages of the server', () => {
  it('use the 21 faces that the firmware names', () => {
    const names =
      'neutral happy laughing funny sad angry crying loving embarrassed surprised shocked ' +
      'thinking winking cool relaxed delicious kissy confident sleepy silly confused';
    expect(EMOTIONS).toEqual(names.split(' '));
  });

  it('include a hello with the members without which the firmware crashes', () => {
    expect(JSON.parse(serverHello('abc-1', { sampleRateHz: 24_000, frameMs: 60 }))).toEqual({
      type: 'hello',
      transport: 'websocket',
      session_id: 'abc-1',
      audio_params: { format: 'opus', sample_rate: 24_000, channels: 1, frame_duration: 60 },
    });
  });

  it('are valid JSON on the wire, whatever text they contain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(encodeServerMessage({ type: 'stt', text }, 's'))).toEqual({
          session_id: 's',
          type: 'stt',
          text,
        });
      }),
    );
  });
});
