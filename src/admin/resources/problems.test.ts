import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { configSchema } from '../../config/index.js';
import { silentLogger } from '../../core/index.js';
import { ProblemRing } from '../../platform/telemetry/index.js';
import type { TurnRecord } from '../../records/index.js';
import { createProblems } from './problems.js';

const clock = new FakeClock();
const turn = (change: Partial<TurnRecord>): TurnRecord =>
  ({ id: 1, deviceId: 'a', language: 'zh-CN', outcome: 'answered', atWallMs: 1000, ...change }) as TurnRecord;
const FAILED = turn({ outcome: 'failed', code: 'llm.bad_key' });

function problemsOf(
  ...turns: readonly TurnRecord[]
): readonly { code?: string | undefined; over?: boolean | undefined }[] {
  const problems = createProblems({
    ring: new ProblemRing(clock),
    turns: () => turns,
    live: { current: configSchema.parse({}) },
  });
  return problems().map(({ code, over }) => ({ code, over }));
}

it('marks a problem as over after a later turn succeeds', () => {
  expect(problemsOf(FAILED)).toEqual([{ code: 'llm.bad_key', over: undefined }]);
  expect(problemsOf(turn({ id: 0, atWallMs: 500 }), FAILED)).toEqual([{ code: 'llm.bad_key', over: undefined }]);
  expect(problemsOf(FAILED, turn({ id: 2, atWallMs: 2000 }))).toEqual([{ code: 'llm.bad_key', over: true }]);
  const again = turn({ id: 3, atWallMs: 3000, outcome: 'failed', code: 'llm.bad_key' });
  expect(problemsOf(FAILED, turn({ id: 2, atWallMs: 2000 }), again)).toEqual([
    { code: 'llm.bad_key', over: undefined },
  ]);
});

it('does not mark a problem as over because of an answer in another language, from another model', () => {
  expect(problemsOf(FAILED, turn({ id: 2, atWallMs: 2000, language: 'en-US' }))).toEqual([
    { code: 'llm.bad_key', over: undefined },
  ]);
});

it('does not mark a problem of the database as over because a turn was answered', () => {
  const ring = new ProblemRing(clock);
  ring.watch(silentLogger).error('the database is lost', { code: 'store.failed' });
  const turns = [turn({ id: 2, atWallMs: clock.wallMs() + 1000 })];
  const problems = createProblems({ ring, turns: () => turns, live: { current: configSchema.parse({}) } });
  expect(problems().map(({ code, over }) => [code, over])).toEqual([['store.failed', undefined]]);
});
