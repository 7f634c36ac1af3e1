import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { turnOf } from '../../../test/fakes/filled-store.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import { turnRecord, type TurnRecord } from '../../records/index.js';
import type { LostStore, TalkSums } from '../../platform/store/index.js';
import { DeviceTalks } from './device-talks.js';

const DEVICE = '02:00:00:00:00:01';
const turn = (id: number, outcome: TurnRecord['outcome'] = 'answered'): TurnRecord =>
  turnRecord(id, {
    deviceId: DEVICE,
    language: 'en-US',
    atWallMs: 1000 + id,
    utteranceAtWallMs: 900 + id,
    outcome,
    mode: 'auto',
    stagesMs: {},
    packets: 1,
    bytes: 1,
    underruns: 1,
    underrunMs: 60.4,
    sentences: 1,
  });

it('adds the turns of this run to the earlier history, which is read once', async () => {
  const before: TalkSums = { turns: 40, underruns: 2, underrunMs: 100, last: turnOf(1) };
  const asked: [string, number][] = [];
  const state: { broken: boolean; lost: LostStore | undefined } = { broken: true, lost: undefined };
  const history = {
    keepTurns: () => Promise.resolve(),
    recentTurns: () => Promise.resolve([]),
    async talkOf(deviceId: string, beforeMs: number): Promise<TalkSums | undefined> {
      asked.push([deviceId, beforeMs]);
      if (state.broken) throw new ChorusError('store.unreachable', 'gone');
      return await Promise.resolve(deviceId === DEVICE ? before : undefined);
    },
  };
  const reachability = {
    get lost() {
      return state.lost;
    },
  };
  const clock = new FakeClock();
  const talks = new DeviceTalks({
    store: { history, reachability } as unknown as ConstructorParameters<typeof DeviceTalks>[0]['store'],
    clock,
    log: silentLogger,
  });
  talks.add(turn(1));
  talks.add(turn(2, 'empty'));
  talks.add(turn(2, 'played'));
  expect(await talks.of(DEVICE)).toMatchObject({ turns: 1, underruns: 1, underrunMs: 60, last: { atWallMs: 1001 } });
  state.lost = { sinceMs: 1, code: 'store.unreachable', message: 'gone' };
  expect(await talks.of(DEVICE)).toMatchObject({ turns: 1 });
  expect(asked).toHaveLength(1);
  state.lost = undefined;
  state.broken = false;
  expect(await talks.of(DEVICE)).toMatchObject({ turns: 41, underruns: 3, underrunMs: 160, last: { atWallMs: 1001 } });
  talks.add(turn(3));
  expect(await talks.of(DEVICE)).toMatchObject({ turns: 42, last: { atWallMs: 1003 } });
  expect(asked).toEqual([
    [DEVICE, clock.wallMs()],
    [DEVICE, clock.wallMs()],
  ]);
  expect(await talks.of('02:00:00:00:00:02')).toBeUndefined();
  talks.forget(DEVICE);
  expect(await talks.of(DEVICE)).toEqual(before);
  expect(asked).toHaveLength(4);
});
