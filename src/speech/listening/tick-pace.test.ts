import { expect, it } from 'vitest';
import { TickPace } from './tick-pace.js';

const STREAMS = Array.from({ length: 40 }, () => ({ answersEarly: false }));
const EARLY = STREAMS.map(() => ({ answersEarly: true }));

function ticksOf(pace: TickPace, devices: number, fromMs: number, streams = STREAMS): number[] {
  const ticks: number[] = [];
  for (let atMs = fromMs; atMs < fromMs + 1000; atMs += pace.tickMs) {
    const due = streams.slice(0, devices).filter((_, device) => (atMs + device * 7) % 60 < pace.tickMs);
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
  const theSame = { answersEarly: false };
  for (let atMs = 0; atMs < 500; atMs += 20)
    pace.sent(
      STREAMS.map(() => theSame),
      atMs,
    );
  expect(pace.tickMs).toBe(20);
});

it('keeps ticks short while answers begin early', () => {
  const pace = new TickPace();
  expect(new Set(ticksOf(pace, 40, 0, EARLY))).toEqual(new Set([20]));
  expect(ticksOf(pace, 40, 2000).at(-1)).toBe(60);
  expect(ticksOf(pace, 40, 4000, EARLY).at(-1)).toBe(20);
});
