import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BadNeighbour } from '../../bench/bad-neighbours.js';
import type { ServerUnderTest } from '../../bench/servers.js';

/** Its second and third calls fail. */
class Unlucky extends BadNeighbour {
  protected readonly counts = { connections: 0, closed: 0 };
  calls = 0;
  drop: () => void = () => undefined;

  protected caller(onClosed: () => void) {
    this.drop = onClosed;
    return {
      call: () => {
        this.calls += 1;
        return this.calls === 2 || this.calls === 3 ? Promise.reject(new Error('no answer')) : Promise.resolve();
      },
      close: () => undefined,
    };
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('a bad neighbour tries again until it is back, or was stopped', async () => {
  const neighbour = new Unlucky({} as ServerUnderTest, 0, []);
  await neighbour.start();
  neighbour.drop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(neighbour.calls).toBe(4);
  neighbour.drop();
  neighbour.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(neighbour.calls).toBe(4);
  expect(neighbour.totals()).toMatchObject({ closed: 2 });
});
