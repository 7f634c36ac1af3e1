import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { boundedFetch } from './bounded-fetch.js';
import { McpAllowance } from './socket-transport.js';

const EVENTS = 'text/event-stream';
const MAX_BYTES = 1000;

async function read(type: string, pieces: Iterable<string>, allowance = new McpAllowance(new FakeClock())) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece));
      controller.close();
    },
  });
  const answer = new Response(body, { headers: { 'content-type': type } });
  return (await boundedFetch(allowance, () => Promise.resolve(answer), MAX_BYTES)('http://x')).text();
}

describe('the answer of an MCP server', () => {
  it('is read completely if each of its messages is small', async () => {
    const events = Array.from({ length: 100 }, (_, n) => `event: message\ndata: {"n":${n}}\n\n`);
    expect(await read(EVENTS, events)).toBe(events.join(''));
    expect(await read('application/json', ['{"a":', '1}'])).toBe('{"a":1}');
  });

  it('fails for a message that is too long, even if it has many lines', async () => {
    await expect(read('application/json', Array(11).fill('x'.repeat(100)))).rejects.toThrow(/longer than 1000/);
    await expect(read(EVENTS, Array(20).fill(`data: ${'x'.repeat(60)}\n`))).rejects.toThrow(/longer than 1000/);
  });

  it('fails for a message that takes long to parse, and for too much data in all', async () => {
    const wide = boundedFetch(new McpAllowance(new FakeClock()), () =>
      Promise.resolve(new Response('[],'.repeat(60_000))),
    );
    await expect((await wide('http://x')).text()).rejects.toThrow(/members/);
    const allowance = new McpAllowance(new FakeClock());
    const much = Array(9).fill(`data: ${'x'.repeat(500)}\n\n`.repeat(2000));
    await expect(read(EVENTS, much, allowance)).rejects.toThrow('sends too much');
  });
});
