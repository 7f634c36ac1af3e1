import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger, type ErrorCode } from '../../core/index.js';
import type { LlmDelta, LlmProvider, LlmRequest } from './llm-port.js';
import { withRetry } from './with-retry.js';

const REQUEST: LlmRequest = {
  messages: [{ role: 'user', content: 'hi' }],
  tools: [],
  maxTokens: 10,
  language: 'en',
  timeZone: 'UTC',
};

type Try = ErrorCode | ChorusError | readonly string[];

function scripted(tries: readonly Try[]): { llm: LlmProvider; count: () => number } {
  let count = 0;
  const llm: LlmProvider = {
    id: 'scripted',
    local: true,
    async *stream(): AsyncGenerator<LlmDelta> {
      const script = tries[count];
      count += 1;
      await Promise.resolve();
      if (script instanceof ChorusError) throw script;
      if (typeof script === 'string') throw new ChorusError(script, 'scripted');
      for (const word of script ?? []) {
        if (word.startsWith('llm.')) throw new ChorusError(word as ErrorCode, 'scripted');
        yield { type: 'text', text: word };
      }
    },
  };
  return { llm, count: () => count };
}

async function run(tries: readonly Try[], signal = new AbortController().signal) {
  const clock = new FakeClock();
  const { llm, count } = scripted(tries);
  const retrying = withRetry(llm, {
    attempts: 3,
    pauseMs: 400,
    giveUpAfterMs: 8000,
    clock,
    log: silentLogger,
    random: () => 1,
  });
  const words: string[] = [];
  const reading = async (): Promise<string> => {
    for await (const delta of retrying.stream(REQUEST, signal)) if (delta.type === 'text') words.push(delta.text);
    return 'ended';
  };
  const result = reading().catch((error: unknown) => (error instanceof ChorusError ? error.code : error));
  await clock.advance(10_000);
  return { result: await result, words, tries: count(), clock };
}

describe('withRetry', () => {
  it('retries retryable errors before the first word', async () => {
    expect(await run(['llm.unreachable', 'llm.rate_limited', ['hello']])).toMatchObject({
      result: 'ended',
      words: ['hello'],
      tries: 3,
    });
  });

  it('gives up after the last attempt, with its error', async () => {
    expect(await run(['llm.unreachable', 'llm.unreachable', 'llm.rate_limited', ['never']])).toMatchObject({
      result: 'llm.rate_limited',
      tries: 3,
    });
  });

  it.each(['llm.bad_key', 'llm.no_money', 'llm.no_key', 'llm.failed', 'capacity.queue_timeout'] as const)(
    'does not repeat %s',
    async (code) => {
      expect(await run([code, ['never']])).toMatchObject({ result: code, tries: 1 });
    },
  );

  it('never starts a reply again', async () => {
    expect(await run([['once', 'llm.unreachable'], ['again']])).toMatchObject({
      result: 'llm.unreachable',
      words: ['once'],
      tries: 1,
    });
  });

  const wait = (retryAfterS: number): ChorusError =>
    new ChorusError('llm.rate_limited', 'slow down', { details: { retryAfterS } });

  it('waits as long as the service asks, if there is time for it', async () => {
    const { result, words, tries } = await run([wait(3), ['hello']]);
    expect({ result, words, tries }).toEqual({ result: 'ended', words: ['hello'], tries: 2 });
  });

  it.each([
    [60, 60_000],
    [99_999_999_999, 300_000],
  ])('pauses for the %i s that the service asks for, at most 300, for any caller', async (seconds, waitMs) => {
    const clock = new FakeClock();
    const { llm, count } = scripted([wait(seconds), ['hello']]);
    const retrying = withRetry(llm, {
      attempts: 3,
      pauseMs: 400,
      giveUpAfterMs: 8000,
      clock,
      log: silentLogger,
      random: () => 1,
    });
    const ask = async (): Promise<string> => {
      for await (const delta of retrying.stream(REQUEST, new AbortController().signal))
        if (delta.type === 'text') return delta.text;
      return '';
    };
    await expect(ask()).rejects.toMatchObject({ code: 'llm.rate_limited' });
    await clock.advance(waitMs - 1);
    await expect(ask()).rejects.toMatchObject({ code: 'llm.rate_limited' });
    expect(count()).toBe(1);
    await clock.advance(1);
    expect(await ask()).toBe('hello');
  });

  it('pauses 400 and then 800 ms at most, with jitter', async () => {
    const clock = new FakeClock();
    const { llm, count } = scripted(['llm.unreachable', 'llm.unreachable', ['hello']]);
    const retrying = withRetry(llm, {
      attempts: 3,
      pauseMs: 400,
      giveUpAfterMs: 8000,
      clock,
      log: silentLogger,
      random: () => 0,
    });
    const iterator = retrying.stream(REQUEST, new AbortController().signal)[Symbol.asyncIterator]();
    const first = iterator.next();
    await clock.advance(199);
    expect(count()).toBe(1);
    await clock.advance(1);
    expect(count()).toBe(2);
    await clock.advance(399);
    expect(count()).toBe(2);
    await clock.advance(1);
    expect(await first).toMatchObject({ value: { text: 'hello' } });
  });

  it('does not start an attempt that would be too late for the person', async () => {
    const clock = new FakeClock();
    let tries = 0;
    const slow: LlmProvider = {
      id: 'slow',
      local: true,
      // eslint-disable-next-line require-yield -- it only fails
      async *stream(): AsyncGenerator<LlmDelta> {
        tries += 1;
        await new Promise<void>((resolve) => void clock.after(7800, resolve));
        throw new ChorusError('llm.timeout', 'slow');
      },
    };
    const retrying = withRetry(slow, {
      attempts: 3,
      pauseMs: 400,
      giveUpAfterMs: 8000,
      clock,
      log: silentLogger,
      random: () => 1,
    });
    const result = retrying
      .stream(REQUEST, new AbortController().signal)
      [Symbol.asyncIterator]()
      .next()
      .then(
        () => 'said',
        (error: unknown) => (error as ChorusError).code,
      );
    await clock.advance(30_000);
    expect(await result).toBe('llm.timeout');
    expect(tries).toBe(1);
  });

  it('stops pausing when it is aborted', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const { llm } = scripted(['llm.unreachable', ['never']]);
    const retrying = withRetry(llm, {
      attempts: 3,
      pauseMs: 400,
      giveUpAfterMs: 8000,
      clock,
      log: silentLogger,
      random: () => 1,
    });
    const result = retrying
      .stream(REQUEST, controller.signal)
      [Symbol.asyncIterator]()
      .next()
      .catch((error: unknown) => error);
    await clock.advance(100);
    const reason = new Error('left');
    controller.abort(reason);
    expect(await result).toBe(reason);
    expect(clock.pending).toBe(0);
  });
});
