import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { answersPings, LinkProbe } from './link-probe.js';

function setup(): { clock: FakeClock; probe: LinkProbe; pings: number[] } {
  const clock = new FakeClock();
  const pings: number[] = [];
  return { clock, pings, probe: new LinkProbe(clock, () => pings.push(clock.nowMs())) };
}

it('pings at most once in 700 ms, and never while a pong is awaited', async () => {
  const { clock, probe, pings } = setup();
  for (let nowMs = 0; nowMs < 2000; nowMs += 50) {
    probe.look();
    await clock.advance(50);
    if (nowMs === 100) probe.answered();
  }
  expect(pings).toEqual([0, 700]);
  probe.answered();
  probe.look();
  probe.answered();
  probe.look(true);
  expect(pings).toHaveLength(4);
});

it('reports packets as held, and since when, if a pong is 300 ms later than usual', async () => {
  const { clock, probe } = setup();
  probe.look();
  await clock.advance(800);
  // The first pong took long, so this delay counts as usual.
  expect(probe.heldSinceMs()).toBeUndefined();
  probe.answered();
  await clock.advance(200);
  probe.look();
  await clock.advance(1100);
  expect(probe.heldSinceMs()).toBeUndefined();
  await clock.advance(1);
  expect(probe.heldSinceMs()).toBe(650);
  probe.answered();
  expect(probe.heldSinceMs()).toBeUndefined();
});

it('reports a device as gone after 10 s, unless it never answered a ping', async () => {
  const { clock, probe } = setup();
  probe.look();
  await clock.advance(60_000);
  expect(probe.gone).toBe(false);
  expect(probe.heldSinceMs()).toBeUndefined();
  probe.answered();
  probe.look();
  await clock.advance(10_000);
  expect(probe.gone).toBe(false);
  await clock.advance(1);
  expect(probe.gone).toBe(true);
});

it.each([
  [undefined, false],
  ['', false],
  ['main', false],
  ['1.8.9', false],
  ['0.9.9', false],
  ['1.9.0', true],
  ['1.10.1', true],
  ['2.0.0', true],
])('firmware %s answers pings: %s', (version, answers) => {
  expect(answersPings(version)).toBe(answers);
});
