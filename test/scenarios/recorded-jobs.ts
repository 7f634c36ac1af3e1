import { isCancelled, noMetrics, sleep } from '../../src/core/index.js';
import type { JobOrder } from '../../src/scheduling/job-order.js';
import { createSlots } from '../../src/scheduling/slots.js';
import { FakeClock } from '../fakes/fake-clock.js';

/** A recognition of a run that was: when its utterance ended, whose it was, and how long it took inside its slot. */
export interface RecordedJob {
  readonly atMs: number;
  readonly device: number;
  readonly runMs: number;
}

/** What `GET /api/v1/turns` tells of a turn, as far as it is needed. */
export interface TurnOfRecord {
  readonly deviceId: string;
  readonly utteranceAtWallMs: number;
  readonly stagesMs: Readonly<Record<string, number>>;
}

/** The recognitions of turns, from the first one's moment; devices are numbers. */
export function jobsOfTurns(turns: readonly TurnOfRecord[]): RecordedJob[] {
  const devices = new Map<string, number>();
  const startMs = Math.min(...turns.map(({ utteranceAtWallMs }) => utteranceAtWallMs));
  const jobs = turns.flatMap(({ deviceId, utteranceAtWallMs, stagesMs }) => {
    const runMs = stagesMs['asr_run'];
    if (runMs === undefined) return [];
    const device = devices.get(deviceId) ?? devices.size;
    devices.set(deviceId, device);
    return [{ atMs: utteranceAtWallMs - startMs, device, runMs }];
  });
  return jobs.toSorted((a, b) => a.atMs - b.atMs || a.device - b.device);
}

/** The same people so many times over, each time begun a little later (and what is past the end put to the beginning). */
export function multiplied(jobs: readonly RecordedJob[], copies: number): RecordedJob[] {
  const durationMs = Math.max(...jobs.map(({ atMs }) => atMs)) + 1;
  const devices = Math.max(...jobs.map(({ device }) => device)) + 1;
  const all = Array.from({ length: copies }, (_, copy) =>
    jobs.map(({ atMs, device, runMs }) => ({ atMs: (atMs + (copy * durationMs) / copies) % durationMs, device: device + copy * devices, runMs })),
  );
  return all.flat().toSorted((a, b) => a.atMs - b.atMs || a.device - b.device);
}

export interface Replay {
  /** End of the utterance to its text, by device. */
  readonly waits: ReadonlyMap<number, readonly number[]>;
  readonly failed: number;
  readonly busy: number;
}

/** Runs them through the real scheduler at the times at which they came; `slower`: on a machine, or with a model, that takes so many times as long. */
export async function replay(jobs: readonly RecordedJob[], options: { readonly slots: number; readonly slower: number; readonly order?: JobOrder; onStart?(deviceId: string): void }): Promise<Replay> {
  const clock = new FakeClock();
  const slots = createSlots({ clock, metrics: noMetrics, slots: options.slots, queueCapacity: 1024, ...(options.order && { order: options.order }) });
  const waits = new Map<number, number[]>();
  const { signal } = new AbortController();
  let failed = 0;
  const run = async ({ atMs, device, runMs }: RecordedJob): Promise<void> => {
    const deviceId = `d${device}`;
    const predictedMs = runMs * options.slower;
    try {
      await slots.run({ kind: 'asr', deviceId, deadlineMs: atMs + 300, predictedMs }, signal, () => {
        options.onStart?.(deviceId);
        return sleep(clock, predictedMs);
      });
      waits.set(device, [...(waits.get(device) ?? []), clock.nowMs() - atMs]);
    } catch (error) {
      if (isCancelled(error)) throw error;
      failed += 1;
    }
  };
  const running: Promise<void>[] = [];
  for (const job of jobs) clock.after(job.atMs, () => void running.push(run(job)));
  const durationMs = Math.max(...jobs.map(({ atMs }) => atMs));
  await clock.advance(durationMs + 60_000);
  await Promise.all(running);
  return { waits, failed, busy: jobs.reduce((sum, { runMs }) => sum + runMs * options.slower, 0) / (options.slots * durationMs) };
}
