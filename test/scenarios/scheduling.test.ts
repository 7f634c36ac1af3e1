import { describe, expect, it } from 'vitest';
import { jobsOfTurns, multiplied, replay } from './recorded-jobs.js';
import { type SimulatedLoad, type SimulatedRun, simulate } from './scheduling-simulator.js';

const SENSEVOICE = { fixedMs: 15, msPerUnit: 62 };
const LOCAL_VOICE = { fixedMs: 100, msPerUnit: 25 };
const load = (some: Partial<SimulatedLoad>): Promise<SimulatedRun> => simulate({ devices: 20, slots: 2, durationMs: 300_000, seed: 2, asr: SENSEVOICE, tts: undefined, ...some });

const waits = (run: SimulatedRun, from = 0): number[] => [...run.waits.values()].slice(from).flat().sort((a, b) => a - b);
const p95 = (run: SimulatedRun, from = 0): number => waits(run, from)[Math.floor(waits(run, from).length * 0.95)] ?? 0;

describe('the scheduler under a fleet, in simulated time', () => {
  it('the same seed is the same run', async () => {
    const [first, second] = [await load({}), await load({})];
    expect(second).toEqual(first);
    expect(first.turns).toBeGreaterThan(300);
  });

  it('does not let a device run dry where coming first does not, and has the text sooner', async () => {
    const ours = await load({ tts: LOCAL_VOICE });
    const fifo = await load({ tts: LOCAL_VOICE, order: () => 0 });
    expect(ours.load).toBeGreaterThan(0.8);
    expect(ours.underruns).toBe(0);
    expect(ours.turns).toBeGreaterThanOrEqual(fifo.turns);
    expect(p95(ours)).toBeLessThan(p95(fifo));
  });

  it('devices that talk without end make the others wait less than in the order of coming', async () => {
    const ours = await load({ devices: 60, monologues: 6 });
    const fifo = await load({ devices: 60, monologues: 6, order: () => 0 });
    expect(p95(ours, 6)).toBeLessThan(p95(fifo, 6));
    expect(ours.failed).toBe(0);
  });

  it('overloaded it still begins nothing that it lets run dry, and what waits too long is told', async () => {
    const run = await load({ devices: 60, tts: LOCAL_VOICE });
    expect(run.load).toBeGreaterThan(0.97);
    expect(run.underruns / run.sentences).toBeLessThan(0.02);
    expect(Math.max(...waits(run))).toBeLessThan(11_000);
  });
});

describe('a recorded load', () => {
  const turn = (deviceId: string, utteranceAtWallMs: number, asr_run: number | undefined): Parameters<typeof jobsOfTurns>[0][number] => ({ deviceId, utteranceAtWallMs, stagesMs: asr_run === undefined ? {} : { asr_run } });
  const jobs = jobsOfTurns([turn('x', 5000, 100), turn('y', 4000, 200), turn('x', 7000, 300), turn('y', 9000, undefined)]);

  it('is made of the records of turns', () => {
    expect(jobs).toEqual([
      { atMs: 0, device: 1, runMs: 200 },
      { atMs: 1000, device: 0, runMs: 100 },
      { atMs: 3000, device: 0, runMs: 300 },
    ]);
  });

  it('multiplied, it has as many jobs of others at other times', () => {
    const many = multiplied(jobs, 5);
    expect(many).toHaveLength(15);
    expect(new Set(many.map(({ device }) => device)).size).toBe(10);
    expect(Math.max(...many.map(({ atMs }) => atMs))).toBeLessThan(3001);
  });

  it('is replayed through the scheduler: every job ends, and waits where slots are few', async () => {
    const many = multiplied(jobs, 20);
    const [few, enough] = [await replay(many, { slots: 2, slower: 1 }), await replay(many, { slots: 40, slower: 1 })];
    expect([...few.waits.values()].flat().length + few.failed).toBe(60);
    expect([...enough.waits.values()].flat().toSorted((a, b) => a - b)).toEqual(many.map(({ runMs }) => runMs).toSorted((a, b) => a - b));
    expect(Math.max(...[...few.waits.values()].flat())).toBeGreaterThan(300);
  });
});
