import { describe, expect, it } from 'vitest';
import { settle } from '../../../test/fakes/fake-clock.js';
import { ChunkStream } from './chunk-stream.js';
import { Permits } from '../permits.js';

function traced(maxBytes: number): { stream: ChunkStream; calls: string[] } {
  const calls: string[] = [];
  const stream = new ChunkStream(
    { pause: () => calls.push('pause'), resume: () => calls.push('resume'), close: () => calls.push('close') },
    maxBytes,
  );
  return { stream, calls };
}

describe('ChunkStream', () => {
  it('pauses its source while too many bytes are unread', async () => {
    const { stream, calls } = traced(10);
    for (let i = 0; i < 4; i++) stream.push(new Uint8Array(4));
    expect(calls).toEqual(['pause']);
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    expect(calls).toEqual(['pause']);
    await reader.next();
    expect(calls).toEqual(['pause', 'resume']);
    stream.end();
    await reader.next();
    expect((await reader.next()).done).toBe(true);
    expect(calls).toEqual(['pause', 'resume', 'close']);
  });

  it('delivers bytes from before a failure, and none after it', async () => {
    const { stream, calls } = traced(10);
    stream.push(Uint8Array.of(1));
    stream.fail(new Error('broken'));
    stream.push(Uint8Array.of(2));
    stream.end();
    const got: number[] = [];
    await expect(async () => {
      for await (const chunk of stream) got.push(...chunk);
    }).rejects.toThrow('broken');
    expect(got).toEqual([1]);
    expect(calls).toEqual(['close']);
  });

  it('drops unread bytes when aborted, and wakes the reader', async () => {
    const { stream, calls } = traced(10);
    const reader = stream[Symbol.asyncIterator]();
    const waiting = reader.next();
    await settle();
    stream.abort(new Error('barge-in'));
    await expect(waiting).rejects.toThrow('barge-in');
    const unread = traced(10);
    unread.stream.push(Uint8Array.of(1));
    unread.stream.end();
    unread.stream.abort(new Error('barge-in'));
    await expect(unread.stream[Symbol.asyncIterator]().next()).rejects.toThrow('barge-in');
    expect(calls).toEqual(['close']);
    expect(unread.calls).toEqual(['close']);
  });
});

describe('Permits', () => {
  it('serves in order, counts a return once, and drops aborted requests', async () => {
    const permits = new Permits({ count: 1, of: 'voice service' });
    const order: string[] = [];
    const first = await permits.take(new AbortController().signal);
    const controller = new AbortController();
    const left = permits.take(controller.signal).then(
      () => order.push('left'),
      () => order.push('gone'),
    );
    const second = permits.take(new AbortController().signal).then((permit) => {
      order.push('second');
      return permit;
    });
    controller.abort(new Error('gone'));
    await left;
    first.release();
    first.release();
    const { release } = await second;
    expect(permits.free).toBe(0);
    release();
    expect(permits.free).toBe(1);
    expect(order).toEqual(['gone', 'second']);
    await expect(permits.take(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(permits.free).toBe(1);
  });
});
