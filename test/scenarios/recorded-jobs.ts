import { Cancelled, isCancelled, noMetrics, sleep, type LogFields } from '../../src/core/index.js';
import { Guess } from '../../src/capacity/guess.js';
import type { JobOrder } from '../../src/capacity/job-order.js';
import type { JobRecord } from '../../src/capacity/job-record.js';
import { createSlots } from '../../src/capacity/slots.js';
import { FakeClock } from '../fakes/fake-clock.js';

/** A recorded job. Times are in milliseconds from the beginning of the recording. A missing field does not apply. */
export interface RecordedJob {
  readonly kind: 'asr' | 'tts';
  readonly device: number;
  readonly askedMs: number;
  /** Time at which its slot became free. */
  readonly endedMs: number;
  /** Time after `askedMs` at which a speculative job was confirmed. `never`: it was not confirmed. */
  readonly confirmedAfterMs?: number | 'never';
  /** Time after `askedMs` at which the job was cancelled. */
  readonly cancelledAfterMs?: number;
  /** Time between the moment at which the job was certainly needed and its deadline. */
  readonly slackMs?: number;
  readonly playing?: true;
  readonly predictedMs: number;
  readonly runMs: number;
}

/** The log has a line for each inference job with the time of its end, and a line for each turn. */
type JobLine = JobRecord & { readonly msg: 'inference job'; readonly time: number };
type TurnLine = { readonly msg: 'turn'; readonly device: string; readonly utteranceAtWallMs: number };

/** The time that a session allows for a text once its utterance is over (`transcriptTargetMs`). */
const TEXT_WITHIN_MS = 300;

/** The replayable jobs in a log (`log.level: debug`). Leaves out jobs without a device (warm-up, self-test). */
export function jobsOfLog(lines: readonly LogFields[]): RecordedJob[] {
  const known = lines as unknown as readonly (JobLine | TurnLine)[];
  const turns = known.filter((line): line is TurnLine => line.msg === 'turn');
  const all = known.filter(
    (line): line is JobLine =>
      line.msg === 'inference job' && typeof line.startedMs === 'number' && !/^(self-test|warm-up)/.test(line.deviceId),
  );
  const records = all.map((job) => withConfirmation(job, all, turns));
  const devices = new Map<string, number>();
  const beginMs = Math.min(...records.map(({ askedMs }) => askedMs));
  const jobs = records.map((record): RecordedJob => {
    const {
      kind,
      deviceId,
      askedMs,
      startedMs = 0,
      endedMs,
      guessed,
      wantedMs,
      deadlineMs,
      cancelledMs,
      playing,
      predictedMs,
    } = record;
    const device = devices.get(deviceId) ?? devices.size;
    devices.set(deviceId, device);
    return {
      kind,
      device,
      askedMs: Math.round(askedMs - beginMs),
      endedMs: Math.round(endedMs - beginMs),
      ...(guessed && {
        confirmedAfterMs: wantedMs === undefined ? ('never' as const) : Math.round(wantedMs - askedMs),
      }),
      ...(cancelledMs !== undefined && { cancelledAfterMs: Math.round(cancelledMs - askedMs) }),
      ...(deadlineMs !== undefined && { slackMs: Math.round(deadlineMs - (wantedMs ?? askedMs)) }),
      ...(playing && { playing }),
      predictedMs: Math.round(predictedMs),
      runMs: Math.round(endedMs - startedMs),
    };
  });
  return jobs.toSorted((a, b) => a.askedMs - b.askedMs || a.device - b.device);
}

/**
 * A guess whose text came before the end of its utterance is not logged as confirmed. Its time is taken from the turn,
 * unless another text followed.
 */
function withConfirmation(job: JobLine, all: readonly JobLine[], turns: readonly TurnLine[]): JobLine {
  if (!job.guessed || job.wantedMs !== undefined || job.cancelledMs !== undefined) return job;
  const wallMs = job.time - job.endedMs;
  const next = all
    .filter(({ kind, deviceId, askedMs }) => kind === 'asr' && deviceId === job.deviceId && askedMs > job.askedMs)
    .map(({ askedMs }) => askedMs);
  const until = Math.min(...next);
  const over = turns
    .filter(({ device }) => device === job.deviceId)
    .map(({ utteranceAtWallMs }) => utteranceAtWallMs - wallMs);
  // The log's time has whole milliseconds.
  const wantedMs = Math.min(...over.filter((atMs) => atMs >= job.endedMs - 2 && atMs < until));
  return wantedMs === Infinity ? job : { ...job, wantedMs, deadlineMs: wantedMs + TEXT_WITHIN_MS };
}

/** Repeats the recording as further devices. Each device starts at another position and wraps around. */
export function multiplied(jobs: readonly RecordedJob[], copies: number): RecordedJob[] {
  const durationMs = Math.max(...jobs.map(({ endedMs }) => endedMs)) + 1;
  const devices = Math.max(...jobs.map(({ device }) => device)) + 1;
  return Array.from({ length: copies }, (_, copy) => {
    const fromMs = Math.round((copy * durationMs) / copies);
    return jobs.map((job) => {
      const shiftMs = job.askedMs >= fromMs ? -fromMs : durationMs - fromMs;
      return {
        ...job,
        device: job.device + copy * devices,
        askedMs: job.askedMs + shiftMs,
        endedMs: job.endedMs + shiftMs,
      };
    });
  })
    .flat()
    .toSorted((a, b) => a.askedMs - b.askedMs || a.device - b.device);
}

export interface ReplayOptions {
  readonly slots: number;
  /** Factor by which jobs take longer on another machine or with other models. */
  readonly slower: number;
  readonly order?: JobOrder;
  onStart?(deviceId: string): void;
}

export interface Replay {
  /** By device: time from the moment at which the last text of an utterance was certainly needed until it arrived. */
  readonly waits: ReadonlyMap<number, readonly number[]>;
  /** The same time, plus that from the text of the first sentence to its sound. */
  readonly firstSounds: readonly number[];
  readonly sentences: number;
  /** Sentences that arrived after the device had played everything. */
  readonly underruns: number;
  readonly failed: number;
  readonly busy: number;
}

/**
 * Maximum time between the certain end of an utterance and the need for a text for which the answer waits. A later text
 * belongs to ongoing speech.
 */
const AWAITED_WITHIN_MS = 1000;

/**
 * Runs a recording through the real scheduler. Each device repeats its jobs with the same pauses after its previous
 * job: a device that waits longer says the next sentence later. The audio that a device has to play is taken from the
 * recording: each sentence has its recorded length.
 */
export async function replay(jobs: readonly RecordedJob[], options: ReplayOptions): Promise<Replay> {
  const clock = new FakeClock();
  const slots = createSlots({
    clock,
    metrics: noMetrics,
    slots: options.slots,
    queueCapacity: 4096,
    ...(options.order && { order: options.order }),
  });
  const byDevice = new Map<number, RecordedJob[]>();
  for (const job of jobs) byDevice.set(job.device, [...(byDevice.get(job.device) ?? []), job]);
  const devices = [...byDevice].map(
    ([device, own]) => new ReplayedDevice(device, own, { ...options, clock, pool: slots }),
  );
  const over = Promise.all(devices.map((device) => device.live()));
  while (!devices.every((device) => device.over)) await clock.advance(5000);
  await over;
  const busyMs = devices.reduce((sum, { busyMs: own }) => sum + own, 0);
  const endMs = Math.max(...devices.map(({ endedMs }) => endedMs));
  const total = (of: (device: ReplayedDevice) => number): number =>
    devices.reduce((sum, device) => sum + of(device), 0);
  return {
    waits: new Map(devices.map(({ device, waits }) => [device, waits])),
    firstSounds: devices.flatMap(({ firstSounds }) => firstSounds),
    sentences: total(({ sentences }) => sentences),
    underruns: total(({ underruns }) => underruns),
    failed: total(({ failed }) => failed),
    busy: busyMs / (options.slots * endMs),
  };
}

interface World extends ReplayOptions {
  readonly clock: FakeClock;
  readonly pool: ReturnType<typeof createSlots>;
}

class ReplayedDevice {
  readonly waits: number[] = [];
  readonly firstSounds: number[] = [];
  sentences = 0;
  underruns = 0;
  failed = 0;
  busyMs = 0;
  endedMs = 0;
  over = false;
  /** Time at which the replayed device will have played everything. */
  #dryMs: number | undefined;
  /** Guesses that ended before they were withdrawn. The recording does not contain the time of the withdrawal. */
  readonly #inVain = new Set<AbortController>();
  /** Audio that a device still has to play when a sentence arrives, by recorded sentence. */
  readonly #soundMs: ReadonlyMap<RecordedJob, number>;

  constructor(
    readonly device: number,
    private readonly jobs: readonly RecordedJob[],
    private readonly world: World,
  ) {
    this.#soundMs = soundsOf(jobs);
  }

  async live(): Promise<void> {
    const { clock } = this.world;
    const ends = new Map<RecordedJob, Promise<number>>();
    for (const job of this.jobs) {
      // The previous job is the last one that had ended when this one was requested.
      let before: RecordedJob | undefined;
      for (const other of this.jobs)
        if (other.endedMs <= job.askedMs && ends.has(other) && other.endedMs >= (before?.endedMs ?? 0)) before = other;
      const from = (before && ends.get(before)) ?? Promise.resolve(0);
      const asked = from.then((endMs) =>
        sleep(clock, Math.max(0, endMs + job.askedMs - (before?.endedMs ?? 0) - clock.nowMs())),
      );
      ends.set(
        job,
        asked.then(() => this.#run(job)),
      );
    }
    await Promise.all(ends.values());
    this.endedMs = clock.nowMs();
    this.over = true;
  }

  /** Resolves with the time at which the job ended, whatever its outcome. */
  async #run(job: RecordedJob): Promise<number> {
    const { clock, pool, slower } = this.world;
    const { kind, confirmedAfterMs, cancelledAfterMs, slackMs, playing, predictedMs, runMs } = job;
    const deviceId = `d${this.device}`;
    const cancel = new AbortController();
    if (kind === 'asr') for (const guess of this.#inVain) guess.abort(new Cancelled('the device says the next thing'));
    if (confirmedAfterMs === 'never') this.#inVain.add(cancel);
    if (cancelledAfterMs !== undefined) clock.after(cancelledAfterMs, () => cancel.abort(new Cancelled('recorded')));
    let certainMs = clock.nowMs();
    const guess = confirmedAfterMs === undefined ? undefined : new Guess();
    if (guess && typeof confirmedAfterMs === 'number') {
      clock.after(confirmedAfterMs, () => {
        certainMs = clock.nowMs();
        guess.confirm(certainMs + (slackMs ?? 0));
      });
      certainMs += confirmedAfterMs;
    }
    // A recorded sentence is due when its device had played everything in the recording; here, when it has in the
    // replay.
    const dueMs = playing && this.#dryMs !== undefined ? this.#dryMs : clock.nowMs() + (slackMs ?? 0);
    const request = {
      kind,
      deviceId,
      deadlineMs: guess ? undefined : dueMs,
      guess,
      playing: playing ?? false,
      predictedMs: predictedMs * slower,
    };
    const askedMs = clock.nowMs();
    let endMs = askedMs;
    try {
      await pool.run(request, cancel.signal, async () => {
        this.world.onStart?.(deviceId);
        await sleep(clock, runMs * slower);
        endMs = clock.nowMs();
        this.busyMs += runMs * slower;
      });
      if (kind === 'asr') this.#text(job, endMs, certainMs);
      else this.#sentence(job, askedMs, endMs);
    } catch (error) {
      if (!isCancelled(error) && confirmedAfterMs !== 'never') this.failed += 1;
    } finally {
      this.#inVain.delete(cancel);
    }
    return clock.nowMs();
  }

  #text({ slackMs, confirmedAfterMs }: RecordedJob, endMs: number, certainMs: number): void {
    if (confirmedAfterMs !== 'never' && (slackMs ?? Infinity) < AWAITED_WITHIN_MS)
      this.waits.push(Math.max(0, endMs - certainMs));
  }

  #sentence(job: RecordedJob, askedMs: number, endMs: number): void {
    this.sentences += 1;
    if (job.playing && this.#dryMs !== undefined) {
      if (endMs > this.#dryMs) this.underruns += 1;
    } else {
      this.#dryMs = endMs;
      this.firstSounds.push(endMs - askedMs + (this.waits.at(-1) ?? 0));
    }
    this.#dryMs = Math.max(this.#dryMs, endMs) + (this.#soundMs.get(job) ?? 0);
  }
}

/** Playback time that each sentence added: from its end, or from an underrun, until the next underrun. */
function soundsOf(jobs: readonly RecordedJob[]): ReadonlyMap<RecordedJob, number> {
  const sounds = new Map<RecordedJob, number>();
  const sentences = jobs.filter(({ kind, cancelledAfterMs }) => kind === 'tts' && cancelledAfterMs === undefined);
  for (const [i, job] of sentences.entries()) {
    const next = sentences[i + 1];
    if (next?.playing !== true) continue;
    const dryMs = job.playing ? job.askedMs + (job.slackMs ?? 0) : job.endedMs;
    sounds.set(job, Math.max(0, next.askedMs + (next.slackMs ?? 0) - Math.max(dryMs, job.endedMs)));
  }
  return sounds;
}
