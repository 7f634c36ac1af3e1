import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LogFields } from '../../src/core/index.js';
import type { JobRecord } from '../../src/capacity/job-record.js';
import { jobsOfLog, multiplied, type RecordedJob, replay } from './recorded-jobs.js';
import { type SimulatedLoad, type SimulatedRun, simulate } from './scheduling-simulator.js';

const SENSEVOICE = { fixedMs: 15, msPerUnit: 62 };
const LOCAL_VOICE = { fixedMs: 100, msPerUnit: 25 };
const load = (some: Partial<SimulatedLoad>): Promise<SimulatedRun> =>
  simulate({ devices: 20, slots: 2, durationMs: 300_000, seed: 2, asr: SENSEVOICE, tts: undefined, ...some });

const FOLDER = new URL('../fixtures/recorded-jobs/', import.meta.url);
const RECORDINGS = readdirSync(FOLDER).map((file) => {
  const { about, devices, jobs } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as {
    about: string;
    devices: number;
    jobs: RecordedJob[];
  };
  return { name: about, devices, jobs, tts: file.startsWith('local-voice') };
});
const span = (jobs: readonly RecordedJob[]): number => Math.max(...jobs.map(({ endedMs }) => endedMs));
const work = (jobs: readonly RecordedJob[]): number => jobs.reduce((sum, { runMs }) => sum + runMs, 0);
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

const waits = (run: SimulatedRun, from = 0): number[] =>
  [...run.waits.values()]
    .slice(from)
    .flat()
    .sort((a, b) => a - b);
const p95 = (run: SimulatedRun, from = 0): number => waits(run, from)[Math.floor(waits(run, from).length * 0.95)] ?? 0;

describe('the scheduler with a fleet, in simulated time', () => {
  it('gives the same run for the same seed', async () => {
    const [first, second] = [await load({}), await load({})];
    expect(second).toEqual(first);
    expect(first.turns).toBeGreaterThan(300);
  });

  it('has fewer underruns than first come, first served, and gets texts sooner', async () => {
    const ours = await load({ tts: LOCAL_VOICE });
    const fifo = await load({ tts: LOCAL_VOICE, order: () => 0 });
    expect(ours.load).toBeGreaterThan(0.8);
    expect(ours.underruns).toBe(0);
    expect(ours.turns).toBeGreaterThanOrEqual(fifo.turns);
    expect(p95(ours)).toBeLessThan(p95(fifo));
  });

  it('lets endless talkers delay the others less than first come, first served', async () => {
    const ours = await load({ devices: 60, monologues: 6 });
    const fifo = await load({ devices: 60, monologues: 6, order: () => 0 });
    expect(p95(ours, 6)).toBeLessThan(p95(fifo, 6));
    expect(ours.failed).toBe(0);
  });

  it('starts no reply under overload that would underrun, and reports too long waits', async () => {
    const run = await load({ devices: 60, tts: LOCAL_VOICE });
    expect(run.load).toBeGreaterThan(0.97);
    expect(run.underruns / run.sentences).toBeLessThan(0.02);
    expect(Math.max(...waits(run))).toBeLessThan(11_000);
  });
});

/** A line as in the log of a server with `log.level: debug`. */
const line = (some: Partial<JobRecord>): LogFields => ({
  msg: 'inference job',
  time: 1_000_000 + (some.endedMs ?? 5100),
  ...({
    kind: 'asr',
    deviceId: 'x',
    askedMs: 5000,
    deadlineMs: 5300,
    guessed: false,
    wantedMs: 5000,
    cancelledMs: undefined,
    playing: false,
    predictedMs: 100,
    startedMs: 5000,
    endedMs: 5100,
    result: 'done',
    ...some,
  } satisfies JobRecord),
});

describe('a recorded load', () => {
  const guess = line({
    askedMs: 5000,
    guessed: true,
    wantedMs: 5200,
    deadlineMs: 5500,
    startedMs: 5050,
    endedMs: 5150,
  });
  const first = line({ kind: 'tts', askedMs: 5600, wantedMs: 5600, deadlineMs: 5600, startedMs: 5600, endedMs: 5700 });
  const second = line({
    kind: 'tts',
    askedMs: 5700,
    wantedMs: 5700,
    deadlineMs: 7700,
    playing: true,
    startedMs: 5700,
    endedMs: 5800,
  });
  const cut = line({
    askedMs: 4000,
    deviceId: 'y',
    wantedMs: 4000,
    deadlineMs: 4300,
    startedMs: 4000,
    endedMs: 4300,
    cancelledMs: 4100,
    result: 'cancelled',
  });
  const recording = jobsOfLog([
    guess,
    first,
    second,
    cut,
    line({ deviceId: 'warm-up 1' }),
    line({ deviceId: 'self-test' }),
    line({ startedMs: undefined, result: 'queue_timeout' }),
  ]);

  it('contains guesses whose text was ready when the utterance ended', () => {
    const early = (deviceId: string, askedMs: number): LogFields =>
      line({
        deviceId,
        askedMs,
        guessed: true,
        wantedMs: undefined,
        deadlineMs: undefined,
        startedMs: askedMs,
        endedMs: askedMs + 100,
      });
    const turn = { msg: 'turn', device: 'x', utteranceAtWallMs: 1_005_400 };
    const jobs = jobsOfLog([early('x', 4000), early('x', 5000), early('y', 5000), turn]);
    expect(jobs.map(({ confirmedAfterMs, slackMs }) => [confirmedAfterMs, slackMs])).toEqual([
      ['never', undefined],
      [400, 300],
      ['never', undefined],
    ]);
  });

  it('is made from the lines of a log', () => {
    expect(recording).toEqual([
      {
        kind: 'asr',
        device: 1,
        askedMs: 0,
        endedMs: 300,
        cancelledAfterMs: 100,
        slackMs: 300,
        predictedMs: 100,
        runMs: 300,
      },
      {
        kind: 'asr',
        device: 0,
        askedMs: 1000,
        endedMs: 1150,
        confirmedAfterMs: 200,
        slackMs: 300,
        predictedMs: 100,
        runMs: 100,
      },
      { kind: 'tts', device: 0, askedMs: 1600, endedMs: 1700, slackMs: 0, predictedMs: 100, runMs: 100 },
      {
        kind: 'tts',
        device: 0,
        askedMs: 1700,
        endedMs: 1800,
        slackMs: 2000,
        playing: true,
        predictedMs: 100,
        runMs: 100,
      },
    ]);
  });

  it('is replayed as recorded on equal slots; on slower slots, each wait delays the next turn', async () => {
    const same = await replay(recording, { slots: 2, slower: 1 });
    expect(same).toMatchObject({ firstSounds: [100], sentences: 2, underruns: 0, failed: 0 });
    expect([...same.waits]).toEqual([
      [1, []],
      [0, [0]],
    ]);
    // The work takes 0.3 + 3 x 0.1 s. The replay takes 1.75 s, because the recorded wait of 50 ms for a slot does not
    // occur.
    expect(same.busy).toBeCloseTo(0.6 / (2 * 1.75), 2);
    const slow = await replay(recording, { slots: 2, slower: 15 });
    // The text comes 1.3 s after it was certainly needed. The second sentence comes 1.5 s after the first one ended, in
    // time for the 2 s of audio.
    expect(slow).toMatchObject({ sentences: 2, underruns: 0 });
    expect([...slow.waits]).toEqual([
      [1, []],
      [0, [1300]],
    ]);
    expect(slow.firstSounds).toEqual([2800]);
    expect((await replay(recording, { slots: 2, slower: 21 })).underruns).toBe(1);
  });

  it('has more jobs when it is multiplied; the added devices start elsewhere and wrap around', async () => {
    const many = multiplied(recording, 4);
    expect(many).toHaveLength(16);
    expect(new Set(many.map(({ device }) => device)).size).toBe(8);
    expect(Math.min(...many.map(({ askedMs }) => askedMs))).toBe(0);
    expect(Math.max(...many.map(({ askedMs }) => askedMs))).toBeLessThan(1801);
    const run = await replay(many, { slots: 1, slower: 1 });
    expect(run.sentences).toBe(8);
    expect(run.failed).toBe(0);
  });
});

describe.each(RECORDINGS)('a recording of real devices: $name', ({ jobs, devices, tts }) => {
  /** Enough devices to keep the slots busy for nine tenths of the time, if none had to wait. */
  const crowd = multiplied(jobs, Math.ceil((0.9 * 2 * span(jobs)) / work(jobs)));

  it('contains enough jobs for a conclusion', () => {
    expect(devices).toBeGreaterThanOrEqual(10);
    expect(jobs.length).toBeGreaterThanOrEqual(150);
    expect(jobs.some(({ kind }) => kind === 'tts')).toBe(tts);
    expect(jobs.some(({ confirmedAfterMs }) => confirmedAfterMs === 'never')).toBe(true);
  });

  it('has no underrun and no failure when replayed as recorded, and nearly every text in time', async () => {
    const run = await replay(jobs, { slots: 2, slower: 1 });
    expect(run).toMatchObject({ underruns: 0, failed: 0 });
    expect(percentile([...run.waits.values()].flat(), 0.95)).toBeLessThan(1000);
  });

  it('has no more underruns and no later texts than with first come, first served, if the slots are full', async () => {
    const [ours, fifo] = [
      await replay(crowd, { slots: 2, slower: 1 }),
      await replay(crowd, { slots: 2, slower: 1, order: () => 0 }),
    ];
    expect(ours.busy).toBeGreaterThan(0.7);
    expect(ours.failed).toBe(0);
    expect(ours.underruns).toBeLessThanOrEqual(fifo.underruns);
    expect(percentile([...ours.waits.values()].flat(), 0.95)).toBeLessThanOrEqual(
      1.05 * percentile([...fifo.waits.values()].flat(), 0.95),
    );
  });
});
