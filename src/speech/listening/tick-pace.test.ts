import { expect, it } from 'vitest';
import { TickPace } from './tick-pace.js';

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

it('lengthens ticks from ten talking devices on, most from twenty on, and shortens them when fewer talk', () => {
  const pace = new TickPace();
  expect(new Set(ticksOf(pace, 9, 0))).toEqual(new Set([20]));
  const many = ticksOf(pace, 10, 1000);
  expect(many.findIndex((tickMs) => tickMs === 40)).toBeLessThan(13);
  expect(many.at(-1)).toBe(40);
  expect(ticksOf(pace, 19, 2000).at(-1)).toBe(40);
  expect(ticksOf(pace, 20, 3000).at(-1)).toBe(60);
  expect(ticksOf(pace, 9, 5000).filter((tickMs) => tickMs > 20).length).toBeLessThan(7);
});

it('counts a device that sends a burst only once', () => {
  const pace = new TickPace();
  for (let atMs = 0; atMs < 500; atMs += 20)
    pace.sent(
      Array.from({ length: 40 }, () => 'the same'),
      atMs,
    );
  expect(pace.tickMs).toBe(20);
});
