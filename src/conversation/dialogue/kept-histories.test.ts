import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { newHistory } from './history.js';
import { KeptHistories } from './kept-histories.js';

function histories(keepMs = 1000) {
  const clock = new FakeClock();
  return { clock, kept: new KeptHistories({ clock, keepMs: () => keepMs, create: () => newHistory(() => 10) }) };
}

it('continues a history only in time and with the same agent on the same device', async () => {
  const { clock, kept } = histories();
  const first = kept.of('d', 'a');
  expect([kept.of('d', 'b'), kept.of('e', 'a'), kept.of('d', undefined)]).not.toContain(first);
  await clock.advance(900);
  kept.used('d', 'a', first);
  await clock.advance(900);
  expect(kept.of('d', 'a')).toBe(first);
  await clock.advance(1000);
  expect(kept.of('d', 'a')).not.toBe(first);
  const other = kept.of('e', 'a');
  kept.forget('d');
  expect(kept.of('e', 'a')).toBe(other);
});

it('continues a history that an open session has used after a long silence, unless it was forgotten', async () => {
  for (const forgotten of [false, true]) {
    const { clock, kept } = histories();
    const open = kept.of('d', 'a');
    await clock.advance(1000);
    // The device listens to the radio, and another one begins a conversation.
    kept.of('e', 'a');
    if (forgotten) kept.forget('d');
    kept.used('d', 'a', open);
    expect(kept.of('d', 'a') === open).toBe(!forgotten);
  }
});

it('leaves alone the history of a newer connection', async () => {
  const { clock, kept } = histories();
  const old = kept.of('d', 'a');
  await clock.advance(1000);
  const newer = kept.of('d', 'a');
  kept.used('d', 'a', old);
  expect(kept.of('d', 'a')).toBe(newer);
});

it.each([0, 1000])('keeps a summary until the agent takes over, if it keeps histories for %d ms', async (keepMs) => {
  const { clock, kept } = histories(keepMs);
  kept.handOver('d', 'b', 'Mia wants to practise.');
  await clock.advance(2000);
  kept.of('e', 'a');
  expect(kept.of('d', 'b').handover).toBe('Mia wants to practise.');
  await clock.advance(2000);
  expect(kept.of('d', 'b').handover).toBeUndefined();
});
