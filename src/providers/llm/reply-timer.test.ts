import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ReplyTimer } from './reply-timer.js';

const LIMITS = { silenceMs: 8000, replyMs: 20_000 };

async function wait(timer: ReplyTimer, clock: FakeClock, delayMs: number): Promise<string> {
  const work = (): Promise<void> => new Promise((resolve) => void clock.after(delayMs, resolve));
  const result = timer.wait(new AbortController().signal, work).then(
    () => 'came',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
  await clock.advance(delayMs);
  return result;
}

describe('ReplyTimer', () => {
  it('ends after a silence, even if empty events arrive meanwhile', async () => {
    const clock = new FakeClock();
    const timer = new ReplyTimer(clock, LIMITS);
    expect(await wait(timer, clock, 5000)).toBe('came');
    expect(await wait(timer, clock, 5000)).toBe('llm.timeout');
  });

  it('starts again with each token, up to the limit of the reply', async () => {
    const clock = new FakeClock();
    const timer = new ReplyTimer(clock, LIMITS);
    for (let token = 0; token < 3; token++) {
      expect(await wait(timer, clock, 6000)).toBe('came');
      timer.heard();
    }
    // 18 s have passed. 2 s of the whole reply's limit are left.
    expect(await wait(timer, clock, 3000)).toBe('llm.timeout');
  });

  it('does not run while no reader waits', async () => {
    const clock = new FakeClock();
    const timer = new ReplyTimer(clock, LIMITS);
    expect(await wait(timer, clock, 5000)).toBe('came');
    await clock.advance(60_000);
    expect(await wait(timer, clock, 2000)).toBe('came');
  });
});
