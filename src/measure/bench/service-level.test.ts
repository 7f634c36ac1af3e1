import { describe, expect, it } from 'vitest';
import { benchResult, fleetTurn } from '../../../test/fakes/bench-result.js';
import { takeOffOwnTime } from './own-time.js';
import { type Evidence, judge, SERVICE_LEVEL, type BenchTargetId } from './service-level.js';
import type { LlmRequestRecord } from './stand-ins/index.js';

const { fleet } = benchResult(Array.from({ length: 250 }, () => fleetTurn()));
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  fleet,
  firstSoundNetMs: Array.from({ length: 250 }, (_, n) => 500 + n),
  failedTurns: 0,
  cpuShare: 0.5,
  fairness: 0.99,
  memoryGrowth: 0.01,
  invalid: [],
  minTurns: 200,
  ...more,
});
const withTotals = (totals: Partial<Evidence['fleet']['totals']>): Evidence =>
  evidence({ fleet: { ...fleet, totals: { ...fleet.totals, ...totals } } });
const missed = (given: Evidence): readonly BenchTargetId[] =>
  judge(given, SERVICE_LEVEL)
    .targets.filter(({ outcome }) => outcome === 'missed')
    .map(({ id }) => id);

describe('judge', () => {
  it('holds when every target holds', () => {
    expect(judge(evidence(), SERVICE_LEVEL)).toMatchObject({ outcome: 'holds', reasons: [] });
  });

  it.each<[BenchTargetId, Evidence]>([
    ['first_sound_p50', evidence({ firstSoundNetMs: Array.from({ length: 200 }, () => 1001) })],
    ['first_sound_p95', evidence({ firstSoundNetMs: Array.from({ length: 200 }, (_, n) => (n < 189 ? 700 : 1700)) })],
    ['underruns', withTotals({ underruns: 1 })],
    ['overflows', withTotals({ overflows: 1 })],
    ['failed_turns', evidence({ failedTurns: 1 })],
    ['violations', withTotals({ violations: { too_late: 1 } as never })],
    ['turn_rate', withTotals({ turnsPerMinute: { planned: 5, actual: 4.4 } })],
    ['cpu', evidence({ cpuShare: 0.71 })],
    ['fairness', evidence({ fairness: 0.949 })],
    ['memory_growth', evidence({ memoryGrowth: 0.021 })],
  ])('misses %s', (id, given) => {
    expect(missed(given)).toEqual([id]);
    expect(judge(given, SERVICE_LEVEL).outcome).toBe('missed');
  });

  it('distinguishes a rejected device from a failed turn', () => {
    expect(missed(withTotals({ rejected: 2 }))).toEqual(['rejected_turns']);
  });

  it('claims nothing from too few turns, but reports a missed target', () => {
    const few = Array.from({ length: 199 }, () => 500);
    expect(judge(evidence({ firstSoundNetMs: few }), SERVICE_LEVEL)).toMatchObject({ outcome: 'invalid' });
    expect(judge({ ...withTotals({ underruns: 1 }), firstSoundNetMs: few }, SERVICE_LEVEL).outcome).toBe('missed');
  });

  it('gives no verdict on the server when the bench was the bottleneck', () => {
    const given = withTotals({ underruns: 9 });
    expect(judge({ ...given, invalid: [{ en: 'late', zh: '迟' }] }, SERVICE_LEVEL)).toMatchObject({
      outcome: 'invalid',
      reasons: ['late'],
    });
    expect(
      judge(
        {
          ...given,
          fleet: { ...given.fleet, valid: false, reasons: [{ what: 'loop_delay', detail: 'the fleet was late' }] },
        },
        SERVICE_LEVEL,
      ),
    ).toMatchObject({ outcome: 'invalid', reasons: ['the fleet was late'] });
  });

  it('accepts shrinking memory as flat, and does not judge memory after a short run', () => {
    expect(missed(evidence({ memoryGrowth: -0.2 }))).toEqual([]);
    expect(judge(evidence({ memoryGrowth: undefined }), SERVICE_LEVEL).targets.map(({ id }) => id)).not.toContain(
      'memory_growth',
    );
  });

  it('does not judge fairness after too few turns', () => {
    const few = evidence({ fairness: 0.5, firstSoundNetMs: Array.from({ length: 199 }, () => 500) });
    expect(judge(few, SERVICE_LEVEL).targets.find(({ id }) => id === 'fairness')?.outcome).toBe('unknown');
  });

  it('needs no turns when nobody speaks', () => {
    const silent = withTotals({ turns: 0, complete: 0, turnsPerMinute: { planned: 0, actual: 0 } });
    const verdict = judge({ ...silent, firstSoundNetMs: [], fairness: undefined }, SERVICE_LEVEL);
    expect(verdict.outcome).toBe('holds');
    expect(verdict.targets.map(({ id }) => id)).not.toContain('fairness');
  });
});

describe('takeOffOwnTime', () => {
  const request = (firstSentence: string, firstSentenceMs: number): LlmRequestRecord => ({
    atWallMs: 0,
    outcome: 'replied',
    firstTokenMs: 300,
    firstSentenceMs,
    tokens: 9,
    firstSentence,
  });

  it("subtracts the time of a turn's own request, and nothing if the turn began with something else", () => {
    const turns = [
      fleetTurn({ firstSoundMs: 1000, firstSentence: 'The first one.' }),
      fleetTurn({ firstSoundMs: 1200, firstSentence: 'An apology of the server.' }),
      fleetTurn({ firstSoundMs: 900, warmup: true }),
      fleetTurn({ firstSoundMs: 3100, alerts: ['busy'] }),
      fleetTurn({ outcome: 'no_answer', firstSoundMs: undefined as never }),
    ];
    const own = takeOffOwnTime(turns, [
      request(' The first one.', 450),
      request('Another.', 500),
      request('A third.', 400),
    ]);
    expect(own).toMatchObject({ requests: 3, medianMs: 450, joined: 1, firstSoundNetMs: [550, 1200] });
  });

  it("compares the devices' medians, so that a device four times as slow shows and one slow turn does not", () => {
    const of = (device: number, ...firstSounds: number[]): ReturnType<typeof fleetTurn>[] =>
      firstSounds.map((firstSoundMs) => fleetTurn({ device, firstSoundMs, firstSentence: 'Yes.' }));
    const own = [request('Yes.', 500)];
    expect(takeOffOwnTime([...of(0, 1500, 1500, 1500), ...of(1, 1500, 1500, 9000)], own).fairness).toBe(1);
    // The medians are 1000 and 4000 ms, so the index is 5000 squared over twice 17 million.
    expect(takeOffOwnTime([...of(0, 1500), ...of(1, 4500)], own).fairness).toBeCloseTo(0.7353, 4);
    expect(takeOffOwnTime([], own).fairness).toBeUndefined();
  });

  it('subtracts nothing without a stand-in', () => {
    expect(takeOffOwnTime([fleetTurn({ firstSoundMs: 700 })], []).firstSoundNetMs).toEqual([700]);
  });
});
