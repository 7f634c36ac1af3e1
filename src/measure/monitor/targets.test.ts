import { describe, expect, it } from 'vitest';
import { figures, machine } from '../../../test/fakes/monitor-observation.js';
import { summarise } from '../statistics.js';
import type { AnswerFigures, Figures } from './figures.js';
import type { TargetId } from '../targets.js';
import { judge, type TargetResult } from './targets.js';

const target = (of: Figures, id: TargetId): TargetResult | undefined => judge(of).find((result) => result.id === id);
const firstSound = (
  values: readonly number[],
  change: Partial<AnswerFigures> = {},
  more: Partial<Figures> = {},
): TargetResult | undefined =>
  target(
    figures({
      answers: {
        ...figures().answers,
        turns: values.length,
        firstSound: summarise(values),
        firstSoundMs: values,
        ...change,
      },
      ...more,
    }),
    'first_sound',
  );
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

describe('the list of targets', () => {
  it('shows every measured target as held on a healthy server', () => {
    expect(judge(figures()).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'available holds',
      'connections_used holds',
      'first_sound holds',
      'underruns holds',
      'answered holds',
      'response holds',
      'machine_cpu holds',
      'machine_memory holds',
      'event_loop holds',
    ]);
  });

  it("compares the number of connections with the server's limit", () => {
    const used = (most: number): TargetResult | undefined =>
      target(figures({ server: { ...figures().server, connections: { most, limit: 2000 } } }), 'connections_used');
    expect(used(1599)?.outcome).toBe('holds');
    expect(used(1600)).toMatchObject({
      outcome: 'missed',
      measured: { en: '1600 of 2000 (80 %)', zh: '2000 个中的 1600 个（80 %）' },
    });
  });

  it('includes only targets that were measured', () => {
    const watchedFromOutside = figures({
      machine: undefined,
      server: { ...figures().server, loopDelayP99Ms: undefined, connections: undefined },
      answers: { ...figures().answers, turns: 0 },
    });
    expect(judge(watchedFromOutside).map(({ id }) => id)).toEqual(['available']);
    const limited = figures({
      machine: machine({
        container: { cpuQuota: 1.5, cpuMean: 0.9, throttled: 0.2, memoryLimitBytes: 2 ** 30, memoryMax: 0.69 },
      }),
    });
    expect(target(limited, 'container_cpu')?.outcome).toBe('missed');
    expect(target(limited, 'container_memory')?.outcome).toBe('holds');
    expect(
      target(
        figures({
          machine: machine({
            container: {
              cpuQuota: undefined,
              cpuMean: undefined,
              throttled: undefined,
              memoryLimitBytes: 2 ** 30,
              memoryMax: 0.7,
            },
          }),
        }),
        'container_cpu',
      ),
    ).toBeUndefined();
  });

  it.each([
    ['connected', figures({ fleet: { devices: 2, absent: 0, errors: [] } }), 'holds'],
    ['connected', figures({ fleet: { devices: 2, absent: 1, errors: [] } }), 'missed'],
    ['machine_cpu', figures({ machine: machine({ cpuMean: 0.699 }) }), 'holds'],
    ['machine_cpu', figures({ machine: machine({ cpuMean: 0.7 }) }), 'missed'],
    ['machine_memory', figures({ machine: machine({ memoryMax: 0.71 }) }), 'missed'],
    ['event_loop', figures({ server: { ...figures().server, loopDelayP99Ms: { median: 19.9, worst: 200 } } }), 'holds'],
    ['event_loop', figures({ server: { ...figures().server, loopDelayP99Ms: { median: 20, worst: 20 } } }), 'missed'],
    ['available', figures({ server: { ...figures().server, unanswered: 1 } }), 'missed'],
    ['available', figures({ server: { ...figures().server, asked: 0, unanswered: 0 } }), 'unknown'],
    ['underruns', figures({ answers: { ...figures().answers, underruns: 1, underrunMs: 240 } }), 'missed'],
    ['answered', figures({ answers: { ...figures().answers, failed: 1 } }), 'missed'],
    ['response', figures({ answers: { ...figures().answers, firstSound: summarise([19_999]) } }), 'holds'],
    ['response', figures({ answers: { ...figures().answers, firstSound: summarise([20_000]) } }), 'missed'],
  ] as const)('%s is judged at its bound (%#)', (id, of, outcome) => {
    expect(target(of, id)?.outcome).toBe(outcome);
  });
});

describe('the target for the first sound', () => {
  it('has a lower limit for a device that has the machine to itself', () => {
    expect(firstSound([1200], { devices: 1 })?.outcome).toBe('missed');
    expect(firstSound([1200], { devices: 2 })?.outcome).toBe('holds');
  });

  it('is raised by the time that the language model takes', () => {
    const slow = times(20, 2400);
    expect(firstSound(slow)?.outcome).toBe('missed');
    const withModel = firstSound(slow, {}, { stages: { llm_first_chunk: summarise(times(20, 900)) } });
    expect(withModel).toMatchObject({
      outcome: 'holds',
      bound: { en: "at most 2.50 s (1.60 s and the language model's 0.90 s)" },
    });
    expect(firstSound([700], {}, { stages: { llm_first_chunk: summarise([3]) } })?.bound).toEqual({
      en: 'at most 1.60 s',
      zh: '至多 1.60 秒',
    });
  });

  it('uses no percentile below 200 turns, and is not missed because of one slow turn', () => {
    const one = firstSound([...times(9, 800), 3000]);
    expect(one).toMatchObject({ outcome: 'unknown', measured: { en: 'median 0.80 s, worst 3.00 s' } });
    expect(one?.note).toMatchObject({ en: expect.stringContaining('measure longer') });
    expect(JSON.stringify(one)).not.toContain('95th');
    expect(firstSound([...times(8, 800), 3000, 3000])?.outcome).toBe('missed');
    expect(firstSound([3000])?.outcome).toBe('missed');
    expect(firstSound([...times(95, 800), ...times(5, 3000)])?.outcome).toBe('unknown');
    expect(firstSound([...times(94, 800), ...times(6, 3000)])?.outcome).toBe('missed');
  });

  it('uses the 95th percentile from 200 turns on', () => {
    expect(firstSound([...times(190, 800), ...times(10, 3000)])).toMatchObject({
      outcome: 'holds',
      measured: { en: '0.80 s (95th percentile)' },
    });
    expect(firstSound([...times(189, 800), ...times(11, 3000)])?.outcome).toBe('missed');
  });

  it('is missed when turns began but no sound was ever played', () => {
    expect(firstSound([], { turns: 4, failed: 4 })?.outcome).toBe('missed');
  });
});
