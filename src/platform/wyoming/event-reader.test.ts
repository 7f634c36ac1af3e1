import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvent, EVENT_LIMITS, EventReader, formatOf, monoOf, wyomingEvent, type WyomingEvent } from './index.js';

const anyEvent = fc
  .record({
    type: fc.string({ minLength: 1, unit: 'binary', maxLength: 20 }),
    data: fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
    payload: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ type, data, payload }) => {
    // JSON turns -0 into 0, and UTF-8 replaces lone surrogates.
    const seen = JSON.parse(Buffer.from(JSON.stringify({ type, data })).toString('utf8')) as WyomingEvent;
    return wyomingEvent(seen.type, seen.data, payload);
  });

const plain = ({ type, data, payload }: WyomingEvent): unknown => [
  type,
  { ...data },
  Buffer.from(payload).toString('hex'),
];

function read(bytes: Uint8Array, lengths: readonly number[], reader = new EventReader()): WyomingEvent[] {
  const events: WyomingEvent[] = [];
  for (let at = 0, i = 0; at < bytes.byteLength; i++) {
    const length = lengths[i % lengths.length] ?? bytes.byteLength;
    events.push(...reader.push(bytes.subarray(at, at + length)));
    at += length;
  }
  return events;
}

describe('events of the Wyoming protocol', () => {
  it('are read as they were written, however they are split', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 6 }), lengths, (events, pieces) => {
        const reader = new EventReader();
        const out = read(Buffer.concat(events.map(encodeEvent)), pieces, reader);
        expect(out.map(plain)).toEqual(events.map(plain));
        expect(reader.idle).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses or ignores other bytes, and never buffers more than the limits', () => {
    const limits = { headerBytes: 40, dataBytes: 20, payloadBytes: 20 };
    const line = fc.oneof(
      fc.string().map((text) => `${text}\n`),
      fc.json().map((json) => `${json}\n`),
      fc
        .record(
          { type: fc.jsonValue(), data_length: fc.jsonValue(), payload_length: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((header) => `${JSON.stringify(header)}\n`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (lines, length) => {
        let longest = 0;
        let thrown: unknown;
        try {
          const events = read(Buffer.from(lines.join('')), [length], new EventReader(limits));
          longest = Math.max(0, ...events.map(({ payload }) => payload.byteLength));
        } catch (error) {
          thrown = error;
        }
        expect(longest).toBeLessThanOrEqual(20);
        expect([undefined, 'RangeError', 'TypeError', 'SyntaxError']).toContain((thrown as Error | undefined)?.name);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a header without end', `{"type":"${'x'.repeat(EVENT_LIMITS.headerBytes)}`, /header/],
    ['data that is too long', '{"type":"a","data_length":1048577}\n', /length/],
    ['a payload that is too long', '{"type":"a","payload_length":1048577}\n', /length/],
    ['a negative length', '{"type":"a","payload_length":-1}\n', /length/],
    ['half a byte', '{"type":"a","data_length":0.5}\n', /length/],
    ['no type', '{}\n', /type/],
    ['a list', '[]\n', /object/],
    ['data that is a number', '{"type":"a","data_length":1}\n7', /object/],
    ['bytes', Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), /UTF-8/],
  ])('refuses %s', (_, bytes, why) => {
    expect(() => read(Buffer.from(bytes as string), [])).toThrow(why);
  });

  it('merges the data in the header with the data after it, which takes precedence', () => {
    const [event] = read(Buffer.from('{"type":"a","data":{"x":1,"y":2},"data_length":7}\n{"x":3}'), []);
    expect(event?.data).toEqual({ x: 3, y: 2 });
  });
});

describe('the audio of an event', () => {
  const chunk = (data: object, bytes: readonly number[] = []): WyomingEvent =>
    wyomingEvent('audio-chunk', data as WyomingEvent['data'], Uint8Array.from(bytes));

  it('has one or two channels of 16 bits, at a rate for speech', () => {
    expect(formatOf(chunk({ rate: 22_050, width: 2, channels: 1 }))).toEqual({ rateHz: 22_050, channels: 1 });
    for (const wrong of [
      { rate: 4000 },
      { rate: 1e9 },
      { rate: '16000' },
      { width: 4 },
      { channels: 0 },
      { channels: 6 },
    ])
      expect(() => formatOf(chunk({ rate: 16_000, width: 2, channels: 1, ...wrong })), JSON.stringify(wrong)).toThrow(
        /rate|16 bits|channel/,
      );
  });

  it('is mixed to one channel, and ends with a whole sample', () => {
    const two = { rateHz: 16_000, channels: 2 } as const;
    expect([...monoOf(Uint8Array.from([2, 0, 4, 0, 255, 127, 255, 127]), two)]).toEqual([3, 0, 255, 127]);
    expect(() => monoOf(Uint8Array.from([1, 2, 3]), two)).toThrow(/middle/);
    expect(() => monoOf(Uint8Array.from([1]), { rateHz: 16_000, channels: 1 })).toThrow(/middle/);
  });
});
