import { expect, it } from 'vitest';
import { TickPace } from './tick-pace.js';

/** The lengths of the ticks in one second with this many devices, each sending a packet every 60 ms. */
function ticksOf(pace: TickPace, devices: number, fromMs: number): number[] {
  const ticks: number[] = [];
  for (let atMs = fromMs; atMs < fromMs + 1000; atMs += pace.tickMs) {
    const due = Array.from({ length: devices }, (_, device) => device).filter(
      (device) => (atMs + device * 7) % 60 < pace.tickMs,
    );
    pace.sent(due, atMs);
    ticks.push(pace.tickMs);
  }
  return ticks;
}

it('makes ticks longer while ten or more talk, longest from twenty on, and short again at once when fewer do', () => {
  const pace = new TickPace();
  expect(new Set(ticksOf(pace, 9, 0))).toEqual(new Set([20]));
  const many = ticksOf(pace, 10, 1000);
  expect(many.findIndex((tickMs) => tickMs === 40)).toBeLessThan(13);
  expect(many.at(-1)).toBe(40);
  expect(ticksOf(pace, 19, 2000).at(-1)).toBe(40);
  expect(ticksOf(pace, 20, 3000).at(-1)).toBe(60);
  expect(ticksOf(pace, 9, 5000).filter((tickMs) => tickMs > 20).length).toBeLessThan(7);
});

it('counts a device that sends all it has at once as one', () => {
  const pace = new TickPace();
  for (let atMs = 0; atMs < 500; atMs += 20)
    pace.sent(
      Array.from({ length: 40 }, () => 'the same'),
      atMs,
    );
  expect(pace.tickMs).toBe(20);
});
