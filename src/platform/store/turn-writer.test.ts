import { describe, expect, it } from 'vitest';
import { ChorusError, silentLogger } from '../../core/index.js';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { turnOf } from '../../../test/fakes/filled-store.js';
import type { HistoryTurn } from './history-port.js';
import { TurnWriter } from './turn-writer.js';

function world() {
  const written: (readonly HistoryTurn[])[] = [];
  const lost: string[] = [];
  const state: { error: ChorusError | undefined } = { error: undefined };
  const clock = new FakeClock();
  const metrics = new CountingMetrics();
  const ended = new AbortController();
  const keepTurns = (turns: readonly HistoryTurn[]): Promise<void> => {
    if (state.error) return Promise.reject(state.error);
    written.push([...turns]);
    return Promise.resolve();
  };
  const onWritten = (turns: readonly HistoryTurn[], kept: boolean): void => {
    if (!kept) lost.push(...turns.map(({ id }) => id));
  };
  const writer = new TurnWriter({ history: { keepTurns }, clock, log: silentLogger, metrics, onWritten });
  const run = writer.run(ended.signal).catch(() => undefined);
  const end = async (): Promise<void> => {
    ended.abort(new Error('over'));
    await run;
  };
  return { writer, written, lost, state, clock, metrics, end, ids: () => written.flat().map(({ id }) => id) };
}
const away = new ChorusError('store.unreachable', 'gone');
const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => turnOf(from + n).id);

describe('turns that wait for the history', () => {
  it('are collected for a second, so that forty devices need one write', async () => {
    const { writer, written, clock, metrics, end } = world();
    for (let n = 0; n < 40; n++) writer.add(turnOf(n));
    await clock.advance(900);
    expect(written).toEqual([]);
    writer.add(turnOf(40));
    await clock.advance(200);
    expect(written.map((batch) => batch.length)).toEqual([41]);
    writer.add(turnOf(41));
    await clock.advance(1100);
    expect(written.map((batch) => batch.length)).toEqual([41, 1]);
    expect(metrics.of('chorus_history_turns_total')).toEqual({ kept: 42 });
    await end();
  });

  it('wait in order for an unreachable database, and are written when it is reachable', async () => {
    const { writer, state, clock, end, ids: got } = world();
    state.error = away;
    for (let n = 0; n < 450; n++) writer.add(turnOf(n));
    await clock.advance(120_000);
    expect(got()).toEqual([]);
    state.error = undefined;
    await clock.advance(60_000);
    expect(got()).toEqual(ids(0, 450));
    expect(writer.dropped).toBe(0);
    await end();
  });

  it('are dropped, counted and reported, oldest first, if the database is unreachable for too long', async () => {
    const { writer, lost, state, clock, metrics, end, ids: got } = world();
    state.error = away;
    for (let n = 0; n < 200; n++) writer.add(turnOf(n));
    await clock.advance(2000);
    for (let n = 200; n < 5300; n++) writer.add(turnOf(n));
    expect(writer.dropped).toBe(100);
    expect(lost).toEqual(ids(200, 300));
    state.error = undefined;
    await clock.advance(120_000);
    expect(got()).toEqual([...ids(0, 200), ...ids(300, 5300)]);
    expect(metrics.of('chorus_history_turns_total')).toEqual({ dropped: 100, kept: 5200 });
    await end();
  });

  it('do not block later turns if the database refuses them', async () => {
    const { writer, lost, state, clock, metrics, end, ids: got } = world();
    state.error = new ChorusError('store.failed', 'no such column');
    writer.add(turnOf(0));
    await clock.advance(20_000);
    state.error = undefined;
    writer.add(turnOf(1));
    await clock.advance(20_000);
    expect(got()).toEqual([turnOf(1).id]);
    expect(lost).toEqual([turnOf(0).id]);
    expect(metrics.of('chorus_history_turns_total')).toEqual({ dropped: 1, kept: 1 });
    await end();
  });

  it.each(['SQLITE_BUSY', '55P03', '57014'])(
    'wait while another writer locks the database (%s), after any number of attempts',
    async (system) => {
      const { writer, state, clock, end, ids: got } = world();
      state.error = new ChorusError('store.failed', 'cannot keep turns: busy', { details: { system } });
      writer.add(turnOf(0));
      await clock.advance(120_000);
      state.error = undefined;
      await clock.advance(60_000);
      expect([got(), writer.dropped]).toEqual([[turnOf(0).id], 0]);
      await end();
    },
  );

  it('are not written after their device is forgotten, even after a failed attempt', async () => {
    const { writer, state, clock, end, ids: got } = world();
    const { deviceId } = turnOf(1);
    state.error = away;
    for (let n = 0; n < 210; n++) writer.add(turnOf(n));
    await clock.advance(2000);
    writer.forget((turn) => turn.deviceId === deviceId);
    writer.add(turnOf(210));
    state.error = undefined;
    await clock.advance(60_000);
    expect(got()).toEqual([...ids(0, 210).filter((_, n) => turnOf(n).deviceId !== deviceId), turnOf(210).id]);
    writer.add(turnOf(211, { deviceId }));
    await clock.advance(2000);
    expect(got().at(-1)).toBe(turnOf(211).id);
    await end();
  });

  it('are all written at shutdown, which does not wait for an unreachable database', async () => {
    const { writer, lost, state, clock, end, ids: got } = world();
    for (let n = 0; n < 450; n++) writer.add(turnOf(n));
    await end();
    await writer.flush();
    expect(got()).toEqual(ids(0, 450));
    state.error = away;
    writer.add(turnOf(450));
    await writer.flush();
    expect(writer.dropped).toBe(1);
    expect(lost).toEqual([turnOf(450).id]);
    expect(clock.nowMs()).toBe(0);
  });
});
