import { Cancelled, isCancelled, noMetrics, sleep, type LogFields } from '../../src/core/index.js';
import { Guess } from '../../src/capacity/guess.js';
import type { JobOrder } from '../../src/capacity/job-order.js';
import type { JobRecord } from '../../src/capacity/job-record.js';
import { createSlots } from '../../src/capacity/slots.js';
import { FakeClock } from '../fakes/fake-clock.js';

/**
 * A job of a recording. Times are in milliseconds from the beginning of the recording. A field is missing if it does
 * not apply to the job.
 */
export interface RecordedJob {
  readonly kind: 'asr' | 'tts';
  readonly device: number;
  readonly askedMs: number;
  /** When the job's slot became free. */
  readonly endedMs: number;
  /** How long after `askedMs` a speculative job was confirmed. `never`: it was not confirmed. */
  readonly confirmedAfterMs?: number | 'never';
  /** How long after `askedMs` the job was cancelled. */
  readonly cancelledAfterMs?: number;
  /**
   * Time to the deadline from when the job was certainly needed: from its request, or for a speculative job from its
   * confirmation.
   */
  readonly slackMs?: number;
  readonly playing?: true;
  readonly predictedMs: number;
  readonly runMs: number;
}

/** The log has one line for each inference job, which gives the time of the job's end, and one line for each turn. */
type JobLine = JobRecord & { readonly msg: 'inference job'; readonly time: number };
type TurnLine = { readonly msg: 'turn'; readonly device: string; readonly utteranceAtWallMs: number };

/** How soon after the end of an utterance a session wants its text (`transcriptTargetMs`), in ms. */
const TEXT_WITHIN_MS = 300;

/**
 * Reads the jobs that can be replayed from a log (`log.level: debug`). Jobs without a device (warm-up, self-test) are
 * left out.
 */
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
 * The log does not show the confirmation of a speculative job that finished before its utterance ended. Such a job is
 * treated as confirmed at the end of the utterance, unless the device requested another recognition before that.
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
  // The log rounds its time to whole milliseconds.
  const wantedMs = Math.min(...over.filter((atMs) => atMs >= job.endedMs - 2 && atMs < until));
  return wantedMs === Infinity ? job : { ...job, wantedMs, deadlineMs: wantedMs + TEXT_WITHIN_MS };
}

/** Adds copies of the recorded devices. Each copy starts elsewhere in the recording and wraps around at its end. */
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
  /** By what factor jobs take longer, as on another machine or with other models. */
  readonly slower: number;
  readonly order?: JobOrder;
  onStart?(deviceId: string): void;
}

export interface Replay {
  /** For each device: how many ms after it was needed each awaited text came. 0 means that it came earlier. */
  readonly waits: ReadonlyMap<number, readonly number[]>;
  /**
   * For each sentence that begins a new stretch of speech: the time from its request to the end of its synthesis, plus
   * the device's last wait for a text.
   */
  readonly firstSounds: readonly number[];
  readonly sentences: number;
  /** Number of sentences that came after the device had played everything before them. */
  readonly underruns: number;
  readonly failed: number;
  readonly busy: number;
}

/**
 * An answer waits for a text only if the text's deadline is less than this time after the text was certainly needed
 * (`slackMs`). A text with a later deadline, or with none, belongs to speech that continues.
 */
const AWAITED_WITHIN_MS = 1000;

/**
 * Replays a recording with the real scheduler. Each device does its jobs with the same pauses between them as in the
 * recording, so a device that has to wait says its next sentence later. Each sentence plays for as long as it did in
 * the recording.
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
  /** When the replayed device will have played everything. */
  #dryMs: number | undefined;
  /**
   * Guesses that were never confirmed. They are aborted at the device's next utterance, because the recording does not
   * tell when they were withdrawn.
   */
  readonly #inVain = new Set<AbortController>();
  /** For each sentence, the audio that it adds to what the device has to play. */
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
      // Each job follows the last one that had ended when it was requested.
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

  /** Runs the job. Resolves with the time of its end, even if it failed or was cancelled. */
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
    // While audio plays, a sentence is due when the device has played everything. The time for this comes from the
    // replay, not from the recording.
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

/**
 * How long each sentence played: from its arrival, or from the end of the audio before it if that was later, until the
 * device had played everything (the deadline of the next sentence).
 */
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
