import { beforeEach, describe, expect, it } from 'vitest';
import { Poller } from './poller.js';

describe('polling the server', () => {
  let timers: { readonly delayMs: number; readonly work: () => void; cancelled: boolean }[];
  let asked: number;
  let failures: unknown[];
  let hidden: boolean;
  let answer: () => Promise<void>;
  const clock = {
    wallMs: () => 0,
    after: (delayMs: number, work: () => void) => {
      const timer = { delayMs, work, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const waiting = (): readonly number[] => timers.filter(({ cancelled }) => !cancelled).map(({ delayMs }) => delayMs);
  async function fire(): Promise<void> {
    const due = timers.find(({ cancelled }) => !cancelled);
    timers = timers.filter((timer) => timer !== due);
    due?.work();
    await settle();
  }
  const poller = (): Poller =>
    new Poller({
      clock,
      everyMs: 2000,
      slowestFactor: 8,
      hidden: () => hidden,
      onFailure: (error) => failures.push(error),
      work: () => {
        asked += 1;
        return answer();
      },
    });

  beforeEach(() => {
    timers = [];
    asked = 0;
    failures = [];
    hidden = false;
    answer = () => Promise.resolve();
  });

  it('waits for each answer, and then for the interval', async () => {
    let come = (): void => undefined;
    answer = () => new Promise((resolve) => (come = resolve));
    const one = poller();
    one.now();
    await settle();
    expect([asked, waiting()]).toEqual([1, []]);
    come();
    await settle();
    expect(waiting()).toEqual([2000]);
    await fire();
    expect(asked).toBe(2);
    one.stop();
  });

  it('slows down while requests fail, and speeds up again when they succeed', async () => {
    answer = () => Promise.reject(new Error('gone'));
    const one = poller();
    one.now();
    await settle();
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) {
      delays.push(...waiting());
      await fire();
    }
    expect(delays).toEqual([4000, 8000, 16_000, 16_000, 16_000]);
    expect(failures).toHaveLength(6);
    answer = () => Promise.resolve();
    await fire();
    expect(waiting()).toEqual([2000]);
    one.stop();
  });

  it('sends no request while hidden, and polls at once when visible', async () => {
    hidden = true;
    const one = poller();
    one.now();
    await settle();
    expect([asked, waiting()]).toEqual([0, []]);
    hidden = false;
    one.now();
    await settle();
    expect([asked, waiting()]).toEqual([1, [2000]]);
    one.stop();
    expect(waiting()).toEqual([]);
  });

  it('polls again if something changed during a request', async () => {
    let come = (): void => undefined;
    answer = () => new Promise((resolve) => (come = resolve));
    const one = poller();
    one.now();
    one.now();
    one.now();
    answer = () => Promise.resolve();
    come();
    await settle();
    expect([asked, waiting()]).toEqual([2, [2000]]);
    one.stop();
  });
});
