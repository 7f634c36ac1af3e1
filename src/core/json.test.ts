import { describe, expect, it } from 'vitest';
import { JsonMeter, parseJson } from './json.js';

describe('JSON of other programs', () => {
  it('is parsed if it has few members, however long its texts are', () => {
    const long = 'x'.repeat(1_000_000);
    expect(parseJson(JSON.stringify({ long, list: [1, { a: [] }] }))).toEqual({ long, list: [1, { a: [] }] });
    expect(() => parseJson('{')).toThrow(SyntaxError);
  });

  it.each([
    ['nested arrays', '['.repeat(100) + ']'.repeat(100)],
    ['nested objects', '{"a":'.repeat(100) + '1' + '}'.repeat(100)],
    ['many members', `{${Array.from({ length: 100 }, (_, n) => `"k${n}":1`).join(',')}}`],
    ['many elements', `[${Array(100).fill('{}').join(',')}]`],
    ['endless arrays', '['.repeat(100)],
  ])('is not parsed with too many members: %s', (_, text) => {
    expect(() => parseJson(text, 90)).toThrow(/more than 90 members/);
    const meter = new JsonMeter({ bytes: 1e6, members: 90, events: false });
    expect(() => {
      for (const char of text) meter.add(Buffer.from(char));
    }).toThrow(/more than 90 members/);
  });

  it('is measured for each message: in a stream of events an empty line ends a message', () => {
    const bounds = { bytes: 40, members: 4, events: true };
    const stream = new JsonMeter(bounds);
    for (let times = 0; times < 50; times++) stream.add(Buffer.from('event: a\r\ndata: [1,2,3]\r\n\r\n'));
    const members = new JsonMeter(bounds);
    expect(() => members.add(Buffer.from('data: [1\ndata: ,2\ndata: ,3\ndata: ,4,5]'))).toThrow(/members/);
    const bytes = new JsonMeter(bounds);
    expect(() => bytes.add(Buffer.from('data: x\n'.repeat(6)))).toThrow(/longer than 40/);
    const whole = new JsonMeter({ ...bounds, events: false });
    expect(() => whole.add(Buffer.from('[1]\n\n'.repeat(9)))).toThrow(RangeError);
  });
});
