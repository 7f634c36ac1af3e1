import { expect, it } from 'vitest';
import { turnOf } from '../../../test/fakes/filled-store.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { HistoryQuery, HistoryTurn, LostStore } from '../../platform/store/index.js';
import { earlierTurnsOf } from './turn-history.js';

it('reads a limited part of the history, and nothing while the database is unreachable', async () => {
  const asked: HistoryQuery[] = [];
  const warnings: string[] = [];
  const state: { lost: LostStore | undefined; broken: boolean } = { lost: undefined, broken: false };
  const history = {
    keepTurns: () => Promise.resolve(),
    recentTurns: async (query: HistoryQuery): Promise<readonly HistoryTurn[]> => {
      asked.push(query);
      if (state.broken) throw new ChorusError('store.unreachable', 'gone');
      return [turnOf(1)];
    },
  };
  const reachability = {
    get lost() {
      return state.lost;
    },
  };
  const earlier = earlierTurnsOf({ history, reachability } as unknown as Parameters<typeof earlierTurnsOf>[0], {
    ...silentLogger,
    warn: (message) => void warnings.push(message),
  });
  expect(await earlier({ limit: 1000, beforeMs: 5 })).toEqual([turnOf(1)]);
  expect(asked).toEqual([{ limit: 200, beforeMs: 5 }]);
  state.broken = true;
  expect(await earlier({ limit: 20 })).toEqual([]);
  expect(warnings).toEqual(['the history cannot be read; the turns in memory are shown']);
  state.lost = { sinceMs: 1, code: 'store.unreachable', message: 'gone' };
  expect(await earlier({ limit: 20 })).toEqual([]);
  expect(asked).toHaveLength(2);
});
