import { describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { Cancelled, ChorusError, silentLogger, type ErrorCode } from '../../core/index.js';
import type { LlmDelta, LlmProvider, LlmRequest } from './llm-port.js';
import { withFallback } from './with-fallback.js';

const REQUEST: LlmRequest = {
  messages: [{ role: 'user', content: 'hi' }],
  tools: [],
  maxTokens: 10,
  language: 'en',
  timeZone: 'UTC',
};

/** A word that starts like an error code is thrown as an error. */
function saying(id: string, words: () => readonly string[], local = false) {
  const asked = { times: 0, expected: 0 };
  const llm: LlmProvider = {
    id,
    local,
    expect: () => void (asked.expected += 1),
    async *stream(): AsyncGenerator<LlmDelta> {
      asked.times += 1;
      await Promise.resolve();
      for (const word of words()) {
        if (word === 'cancelled') throw new Cancelled('cut');
        if (/^(llm|capacity)\./.test(word)) throw new ChorusError(word as ErrorCode, 'scripted');
        yield { type: 'text', text: word };
      }
    },
  };
  return { llm, asked };
}

function setUp(first: readonly string[], second: readonly string[] = ['second']) {
  const script = { first, second };
  const clock = new FakeClock();
  const metrics = new CountingMetrics();
  const one = saying('one', () => script.first, true);
  const two = saying('two', () => script.second);
  const llm = withFallback(one.llm, two.llm, { failures: 3, openMs: 30_000, clock, log: silentLogger, metrics });
  const ask = async (certainty?: LlmRequest['certainty'], signal = new AbortController().signal): Promise<string> => {
    let said = '';
    try {
      for await (const delta of llm.stream({ ...REQUEST, certainty }, signal))
        if (delta.type === 'text') said += delta.text;
      return said;
    } catch (error) {
      return said + (error instanceof ChorusError ? error.code : String(error));
    }
  };
  return { script, clock, metrics, one, two, llm, ask };
}

describe('withFallback', () => {
  it('does not send the model name of one service to the other', async () => {
    const asked: (string | undefined)[] = [];
    const one = saying('one', () => ['llm.unreachable']).llm;
    const two: LlmProvider = {
      ...saying('two', () => []).llm,
      async *stream({ model }) {
        asked.push(model);
        yield await Promise.resolve<LlmDelta>({ type: 'text', text: 'second' });
      },
    };
    const llm = withFallback(one, two, {
      failures: 3,
      openMs: 30_000,
      clock: new FakeClock(),
      log: silentLogger,
      metrics: new CountingMetrics(),
    });
    for await (const delta of llm.stream({ ...REQUEST, model: 'of the first' }, new AbortController().signal))
      expect(delta).toEqual({ type: 'text', text: 'second' });
    expect(asked).toEqual([undefined]);
  });

  it('uses the first model as long as it answers', async () => {
    const { llm, ask, two } = setUp(['first']);
    expect(llm).toMatchObject({ id: 'one', local: true });
    expect(await ask()).toBe('first');
    expect(two.asked.times).toBe(0);
  });

  it.each([
    'llm.unreachable',
    'llm.timeout',
    'llm.server_error',
    'llm.rate_limited',
    'llm.bad_key',
    'llm.no_key',
    'llm.no_money',
    'llm.failed',
    'capacity.queue_timeout',
  ])('lets the second model answer after %s', async (code) => {
    const { ask, metrics } = setUp([code]);
    expect(await ask()).toBe('second');
    expect(metrics.of('chorus_llm_fallback_total')).toEqual({ failed: 1 });
  });

  it('never starts a reply again', async () => {
    const { ask, two } = setUp(['Once upon ', 'llm.unreachable']);
    expect(await ask()).toBe('Once upon llm.unreachable');
    expect(two.asked.times).toBe(0);
  });

  it('reports the first failure if both fail before a word, and the second failure otherwise', async () => {
    const both = setUp(['llm.no_money'], ['llm.unreachable']);
    expect(await both.ask()).toBe('llm.no_money');
    const broken = setUp(['llm.no_money'], ['Well, ', 'llm.unreachable']);
    expect(await broken.ask()).toBe('Well, llm.unreachable');
  });

  it('pauses a model after three failures, and detects its recovery', async () => {
    const { ask, script, one, clock, metrics } = setUp(['llm.timeout']);
    for (let i = 0; i < 3; i++) expect(await ask()).toBe('second');
    expect(await ask()).toBe('second');
    expect(one.asked.times).toBe(3);
    expect(metrics.of('chorus_llm_fallback_total')).toEqual({ failed: 3, open: 1 });
    await clock.advance(30_000);
    expect(await ask()).toBe('second');
    expect(one.asked.times).toBe(4);
    expect(await ask()).toBe('second');
    expect(one.asked.times).toBe(4);
    await clock.advance(30_000);
    script.first = ['first'];
    expect(await ask()).toBe('first');
    expect(await ask()).toBe('first');
  });

  it('announces a question to the model that will be asked', async () => {
    const { llm, ask, one, two } = setUp(['llm.timeout']);
    llm.expect?.();
    expect([one.asked.expected, two.asked.expected]).toEqual([1, 0]);
    for (let i = 0; i < 3; i++) await ask();
    llm.expect?.();
    expect([one.asked.expected, two.asked.expected]).toEqual([1, 1]);
  });

  it('reports the failure of the second while the first is paused', async () => {
    const { ask, script } = setUp(['llm.timeout']);
    for (let i = 0; i < 3; i++) await ask();
    script.second = ['llm.rate_limited'];
    expect(await ask()).toBe('llm.rate_limited');
  });

  it('does not count our own full queue as a failure', async () => {
    const { ask, one } = setUp(['capacity.queue_full']);
    for (let i = 0; i < 5; i++) await ask();
    expect(one.asked.times).toBe(5);
  });

  it('does not ask the second model for a speculative answer', async () => {
    const guess = { certain: false, whenCertain: () => Promise.resolve() };
    const { ask, two } = setUp(['llm.timeout']);
    for (let i = 0; i < 3; i++) expect(await ask(guess)).toBe('llm.timeout');
    expect(await ask(guess)).toMatch(/cancelled/);
    expect(two.asked.times).toBe(0);
    expect(await ask({ ...guess, certain: true })).toBe('second');
  });

  it('passes an abort on, and does not count it as a failure', async () => {
    const { ask, one, two } = setUp(['cancelled']);
    for (let i = 0; i < 5; i++) expect(await ask()).toMatch(/cancelled/);
    expect([one.asked.times, two.asked.times]).toEqual([5, 0]);
  });
});
