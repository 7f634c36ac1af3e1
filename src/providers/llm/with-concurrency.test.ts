import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { ChorusError } from '../../core/index.js';
import { RateWindow } from '../rate-window.js';
import type { LlmDelta, LlmProvider, LlmRequest } from './llm-port.js';
import { withConcurrency } from './with-concurrency.js';

const REQUEST: LlmRequest = { messages: [], tools: [], maxTokens: 10, language: 'en', timeZone: 'UTC' };

/** Replies end when the test calls `finish`. An abort ends them too if `obedient` is true. */
function gated(obedient = false): { llm: LlmProvider; running: () => number; finish: () => void } {
  const open: (() => void)[] = [];
  let running = 0;
  return {
    llm: {
      id: 'gated',
      local: true,
      async *stream(_request, signal): AsyncGenerator<LlmDelta> {
        running += 1;
        try {
          yield { type: 'text', text: 'a' };
          await new Promise<void>((resolve, reject) => {
            open.push(resolve);
            if (obedient)
              signal.addEventListener(
                'abort',
                () => {
                  open.splice(open.indexOf(resolve), 1);
                  reject(signal.reason);
                },
                { once: true },
              );
          });
        } finally {
          running -= 1;
        }
      },
    },
    running: () => running,
    finish: () => open.shift()?.(),
  };
}

async function read(
  llm: LlmProvider,
  signal = new AbortController().signal,
  certainty?: LlmRequest['certainty'],
): Promise<string> {
  try {
    let text = '';
    for await (const delta of llm.stream({ ...REQUEST, certainty }, signal))
      if (delta.type === 'text') text += delta.text;
    return text;
  } catch (error) {
    return error instanceof ChorusError ? error.code : String(error);
  }
}

describe('withConcurrency', () => {
  it('runs requests up to the limit, and the others in order', async () => {
    const { llm, running, finish } = gated();
    const limited = withConcurrency(llm, { limit: 2, queueLimit: 10, waitMs: 8000, clock: new FakeClock() });
    const order: number[] = [];
    const all = [0, 1, 2, 3, 4].map((index) => read(limited).then(() => order.push(index)));
    for (let left = 5; left > 0; left--) {
      await settle();
      expect(running()).toBe(Math.min(2, left));
      finish();
    }
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('passes a place on once: a later request still waits', async () => {
    const { llm, running, finish } = gated();
    const limited = withConcurrency(llm, { limit: 1, queueLimit: 10, waitMs: 8000, clock: new FakeClock() });
    const all = [read(limited), read(limited)];
    await settle();
    finish();
    await settle();
    all.push(read(limited));
    await settle();
    expect(running()).toBe(1);
    finish();
    await settle();
    finish();
    expect(await Promise.all(all)).toEqual(['a', 'a', 'a']);
  });

  it('limits requests per minute; guesses do not wait, others wait at most as long as for the first word', async () => {
    const clock = new FakeClock();
    const { llm, finish } = gated();
    const limited = withConcurrency(llm, { limit: 4, queueLimit: 4, waitMs: 8000, window: new RateWindow(1), clock });
    const first = read(limited);
    await settle();
    finish();
    expect(await first).toBe('a');
    const guess = { certain: false, whenCertain: () => new Promise<void>(() => undefined) };
    expect(await read(limited, undefined, guess)).not.toBe('a');
    expect(await read(limited)).toBe('capacity.queue_timeout');
    await clock.advance(55_000);
    const second = read(limited);
    await clock.advance(5000);
    finish();
    expect(await second).toBe('a');
    expect(clock.pending).toBe(0);
  });

  it('lets a guess begin only while more than half of the requests per minute are left', async () => {
    const clock = new FakeClock();
    const { llm, finish } = gated();
    const limited = withConcurrency(llm, { limit: 4, queueLimit: 4, waitMs: 8000, window: new RateWindow(4), clock });
    const guess = { certain: false, whenCertain: () => new Promise<void>(() => undefined) };
    const outcomes: string[] = [];
    for (const certainty of [guess, guess, guess, undefined, guess, undefined]) {
      const one = read(limited, undefined, certainty);
      await settle();
      finish();
      outcomes.push(await one);
    }
    const refused = expect.stringMatching(/cancelled/);
    expect(outcomes).toEqual(['a', 'a', refused, 'a', refused, 'a']);
  });

  it('refuses a request if the queue is full or the wait too long', async () => {
    const clock = new FakeClock();
    const { llm, finish } = gated();
    const limited = withConcurrency(llm, { limit: 1, queueLimit: 1, waitMs: 8000, clock });
    const first = read(limited);
    const second = read(limited);
    expect(await read(limited)).toBe('capacity.queue_full');
    await clock.advance(8000);
    expect(await second).toBe('capacity.queue_timeout');
    finish();
    expect(await first).toBe('a');
    expect(clock.pending).toBe(0);
  });

  it('frees the place when a reply is abandoned, fails or is aborted while waiting', async () => {
    const clock = new FakeClock();
    const { llm, finish } = gated();
    const limited = withConcurrency(llm, { limit: 1, queueLimit: 4, waitMs: 8000, clock });
    for await (const delta of limited.stream(REQUEST, new AbortController().signal)) {
      expect(delta).toBeDefined();
      break;
    }
    const holder = read(limited);
    await settle();
    const controller = new AbortController();
    const waiting = read(limited, controller.signal);
    await settle();
    controller.abort(new Error('left'));
    expect(await waiting).toBe('Error: left');
    expect(clock.pending).toBe(0);
    finish();
    expect(await holder).toBe('a');
    const again = read(limited);
    await settle();
    finish();
    expect(await again).toBe('a');
  });

  describe('with speculative answers', () => {
    const guess = (): { certain: boolean; whenCertain: () => Promise<void> } => ({
      certain: false,
      whenCertain: () => Promise.resolve(),
    });
    const limits = { limit: 1, queueLimit: 10, waitMs: 8000, clock: new FakeClock() };

    it('gives a speculative answer a place only while one is free', async () => {
      const { llm, running, finish } = gated();
      const limited = withConcurrency(llm, limits);
      const wanted = read(limited);
      await settle();
      expect(await read(limited, undefined, guess())).toMatch(/cancelled/);
      expect(running()).toBe(1);
      finish();
      expect(await wanted).toBe('a');
      const guessed = read(limited, undefined, guess());
      await settle();
      finish();
      expect(await guessed).toBe('a');
    });

    it('aborts a speculative answer when a certain one needs its place', async () => {
      const { llm, running, finish } = gated(true);
      const limited = withConcurrency(llm, { ...limits, limit: 2 });
      const guessed = [read(limited, undefined, guess()), read(limited, undefined, guess())];
      await settle();
      const wanted = read(limited);
      await settle();
      expect(await guessed[0]).toMatch(/cancelled/);
      expect(running()).toBe(2);
      finish();
      finish();
      expect(await Promise.all([guessed[1], wanted])).toEqual(['a', 'a']);
      expect(running()).toBe(0);
    });

    it('continues a speculative answer that has become certain', async () => {
      const { llm, finish } = gated(true);
      const limited = withConcurrency(llm, limits);
      const certainty = guess();
      const guessed = read(limited, undefined, certainty);
      await settle();
      certainty.certain = true;
      const wanted = read(limited);
      await settle();
      finish();
      expect(await guessed).toBe('a');
      await settle();
      finish();
      expect(await wanted).toBe('a');
    });
  });
});
