import { expect, it } from 'vitest';
import { eventsOf } from './sse.js';

async function* pieces(text: string, length: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function all(body: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of eventsOf(body)) events.push(event);
  return events;
}

it('events come out whole, however they are cut', async () => {
  const stream = 'data: {"a":"你好"}\n\n: comment\nevent: x\ndata:{"b":2}\r\n\n{"error":3}';
  for (let length = 1; length < 20; length++)
    expect(await all(pieces(stream, length))).toEqual([{ a: '你好' }, { b: 2 }, { error: 3 }]);
});

it('a long line may come byte by byte, and one without end is refused', async () => {
  const text = 'x'.repeat(1_000_000);
  expect(await all(pieces(`data: {"a":"${text}"}\n`, 1))).toEqual([{ a: text }]);
  await expect(all(pieces('x'.repeat(3_000_000), 65_536))).rejects.toMatchObject({ code: 'tts.failed' });
});
