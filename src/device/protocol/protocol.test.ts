import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  encodeOtaAnswer,
  encodeServerMessage,
  isFirmwareVersion,
  isNewerFirmware,
  isSameFirmware,
  negotiateFraming,
  opusDurationMs,
  parseClientId,
  parseDeviceId,
  parseDeviceMessage,
  parseOtaBody,
  parseUserAgent,
  serverHello,
  updateSlotBytes,
  type Framing,
} from './index.js';

const framing = fc.constantFrom<Framing>(1, 2, 3);
const TYPES = ['hello', 'listen', 'abort', 'mcp', 'goodbye', 'iot'];
const REASONS = ['not_json', 'not_an_object', 'unknown_type', 'wrong_shape'];

describe('frames', () => {
  it('what is encoded is decoded, in each version', () => {
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

  it('any bytes decode to a part of themselves or to nothing', () => {
    fc.assert(
      fc.property(framing, fc.uint8Array({ maxLength: 64 }), fc.nat(8), (version, bytes, offset) => {
        // As a view into a larger buffer, like a chunk of a socket.
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

  it('an empty packet is never framed', () => {
    for (const version of [1, 2, 3] as const)
      expect(() => encodeFrame(version, new Uint8Array(), 0)).toThrow(RangeError);
  });
});

/** Messages that are nearly right: each member right, of another type, or missing. */
const nearly = (fields: Record<string, unknown[]>): fc.Arbitrary<unknown> =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([key, values]) => [
        key,
        fc.oneof(fc.constantFrom(...values), fc.anything({ maxDepth: 1, maxKeys: 3 })),
      ]),
    ),
    { requiredKeys: [] },
  );
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

describe('how long a packet plays', () => {
  it.each([
    ['one frame of 60 ms', [0x58], 60],
    ['two of 20 ms', [0x49], 40],
    ['three of 2.5 ms', [0xe3, 3], 7.5],
    ['as long as a packet may be', [0x5b, 2], 120],
    ['longer: no Opus', [0x5b, 3], undefined],
    ['no frame: no Opus', [0x5b, 0], undefined],
    ['a number of frames that was cut off', [0x5b], undefined],
    ['nothing', [], undefined],
  ])('%s', (_, bytes, durationMs) => {
    expect(opusDurationMs(Uint8Array.from(bytes))).toBe(durationMs);
  });
});

describe('messages of the device', () => {
  it('any text is a message or one of four reasons', () => {
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
      { numRuns: 20_000 },
    );
  });

  it('deep nesting and huge numbers do no harm', () => {
    const deep = `{"type":"mcp","payload":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`;
    expect(() => parseDeviceMessage(deep)).not.toThrow();
    expect(parseDeviceMessage('{"type":"hello","version":1e999}')).toMatchObject({ ok: true });
    expect(parseDeviceMessage('{"type":"mcp","payload":{"__proto__":{"polluted":true}}}').ok).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('what the firmware sends is understood', () => {
    const cases: [string, object][] = [
      [
        '{"session_id":"a","type":"listen","state":"start","mode":"realtime"}',
        { type: 'listen', state: 'start', mode: 'realtime' },
      ],
      ['{"session_id":"a","type":"listen","state":"stop"}', { type: 'listen', state: 'stop' }],
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

  it('the framing is one of three, whatever is said', () => {
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.string(), { nil: undefined }), (version, header) => {
        expect([1, 2, 3]).toContain(negotiateFraming({ type: 'hello', version: version as number }, header));
      }),
    );
  });
});

describe('messages of the server', () => {
  it('the hello has what the firmware crashes without', () => {
    expect(JSON.parse(serverHello('abc-1', { sampleRateHz: 24_000, frameMs: 60 }))).toEqual({
      type: 'hello',
      transport: 'websocket',
      session_id: 'abc-1',
      audio_params: { format: 'opus', sample_rate: 24_000, channels: 1, frame_duration: 60 },
    });
  });

  it('any text is valid JSON on the wire', () => {
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

describe('OTA', () => {
  it('any body is read without an error, and only in bounded pieces', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json(),
      nearly({
        language: ['zh-CN', 'x'.repeat(100)],
        mac_address: ['a0:85:e3:f4:49:34', 5],
        uuid: ['u', 'x'.repeat(500)],
        application: [{ version: '2.4.2' }, { version: 7 }, []],
        board: [{ name: 'b' }, { name: 'x'.repeat(500) }],
      }).map((value) => JSON.stringify(value) ?? ''),
    );
    fc.assert(
      fc.property(body, (text) => {
        expect(JSON.stringify(parseOtaBody(text)).length).toBeLessThan(2500);
      }),
      { numRuns: 10_000 },
    );
  });

  it('any answer is under 6 KB, names no mqtt and only versions that the firmware parses', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        fc.double({ noNaN: true, min: 0, max: 4e12 }),
        (version, token, wallMs) => {
          const text = encodeOtaAnswer({
            wallMs,
            timezoneOffsetMinutes: 330,
            firmwareVersion: version,
            transports: { websocket: { url: 'ws://a:80/', token, version: 1 } },
            activation: undefined,
          });
          const answer = JSON.parse(text) as { firmware: { version: string }; server_time: { timestamp: number } };
          expect(text.length).toBeLessThan(6000);
          expect(answer).not.toHaveProperty('mqtt');
          expect(answer).not.toHaveProperty('activation');
          expect(isFirmwareVersion(answer.firmware.version)).toBe(true);
          expect(Number.isInteger(answer.server_time.timestamp)).toBe(true);
        },
      ),
    );
    for (const bad of ['v1', '1..2', '.1', '1.', '1.a', ' 1', '4294967296', '1.2.3.4.5.6.7.8.9'])
      expect(isFirmwareVersion(bad)).toBe(false);
    for (const good of ['', '2.4.2', '0', '999999999.1']) expect(isFirmwareVersion(good)).toBe(true);
  });

  it('versions are compared as the firmware compares them', () => {
    for (const [current, offered, newer] of [
      ['2.4.2', '2.4.3', true],
      ['2.4.2', '2.10.0', true],
      ['2.4.2', '2.4.2', false],
      ['2.4', '2.4.0', true],
      ['2.4.0', '2.4', false],
      ['3', '2.9.9', false],
      ['2.04', '2.4', false],
      ['', '0', true],
      ['1', '', false],
    ] as const) {
      expect([current, offered, isNewerFirmware(current, offered)]).toEqual([current, offered, newer]);
    }
    expect(isSameFirmware('2.04.1', '2.4.01')).toBe(true);
    const version = fc
      .array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect([isNewerFirmware(a, b), isNewerFirmware(b, a), isSameFirmware(a, b)].filter(Boolean)).toHaveLength(1);
        if (isNewerFirmware(a, b) && isNewerFirmware(b, c)) expect(isNewerFirmware(a, c)).toBe(true);
      }),
    );
  });

  it('an update is named with a number for force, and never with a version that the firmware cannot parse', () => {
    const of = (version: string, force: boolean): unknown =>
      (
        JSON.parse(
          encodeOtaAnswer({
            wallMs: 1,
            timezoneOffsetMinutes: 0,
            firmwareVersion: '2.4.2',
            update: { version, url: 'http://a:80/x.bin', force },
            transports: {},
            activation: undefined,
          }),
        ) as { firmware: unknown }
      ).firmware;
    expect(of('2.5.0', false)).toEqual({ version: '2.5.0', url: 'http://a:80/x.bin', force: 0 });
    expect(of('2.3.0', true)).toEqual({ version: '2.3.0', url: 'http://a:80/x.bin', force: 1 });
    expect(of('v2', true)).toEqual({ version: '2.4.2', url: '', force: 0 });
  });

  it('an update may be as large as the smallest slot for one; a table that cannot be tells nothing', () => {
    const slot = (table: unknown): number | undefined =>
      updateSlotBytes(parseOtaBody(JSON.stringify({ partition_table: table })));
    const row = (type: number, subtype: number, size: number): unknown => ({
      label: 'x',
      type,
      subtype,
      address: 0,
      size,
    });
    expect(slot([row(1, 2, 16_384), row(0, 0x10, 4_194_304), row(0, 0x11, 3_145_728)])).toBe(3_145_728);
    expect(slot([row(0, 0, 4_194_304)])).toBeUndefined();
    expect(slot([row(0, 0x10, -1)])).toBeUndefined();
    expect(slot('none')).toBeUndefined();
    expect(slot(undefined)).toBeUndefined();
  });

  it('ids are a MAC and visible characters, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 40 }),
          fc.stringMatching(/^[0-9A-Fa-f]{2}([:_-][0-9A-Fa-f]{2}){5}$/),
        ),
        (text) => {
          const id = parseDeviceId(text);
          expect(id === undefined || /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(id)).toBe(true);
          const client = parseClientId(text);
          expect(client === undefined || client === text).toBe(true);
        },
      ),
    );
    expect(parseDeviceId(' A0-85-e3_f4:49:34 ')).toBe('a0:85:e3:f4:49:34');
    expect(parseClientId('7b94d69a-9808-4c59-9c9b-704333b38aff')).toBeDefined();
    for (const bad of ['', 'a b', 'a\nb', 'é', undefined, 'x'.repeat(129)]) expect(parseClientId(bad)).toBeUndefined();
  });

  it('the User-Agent gives board and version', () => {
    expect(parseUserAgent('bread-compact-wifi/2.4.2')).toEqual({ board: 'bread-compact-wifi', version: '2.4.2' });
    // A name is one line of visible characters.
    expect(parseUserAgent('E\u001b]0;x\u0007/2.4.2')).toEqual({ board: 'E ]0;x', version: '2.4.2' });
    const named = (name: string): unknown => parseOtaBody(JSON.stringify({ board: { name } })).board?.name;
    expect(named('x.\n\nNEW RULES\u202e\u009b31m')).toBe('x. NEW RULES 31m');
    expect(named('\u001b\n')).toBeUndefined();
    for (const other of [undefined, '', 'curl', 'a b/1.0', '/1.0', 'board/v1'])
      expect(parseUserAgent(other)).toEqual({});
  });
});
