import { Cancelled, noMetrics, normalWithin, seededRandom, sleep, uniform, type Random } from '../../src/core/index.js';
import { Guess } from '../../src/capacity/guess.js';
import type { JobOrder } from '../../src/capacity/job-order.js';
import type { Slots } from '../../src/capacity/capacity-port.js';
import { createSlots } from '../../src/capacity/slots.js';
import { FakeClock } from '../fakes/fake-clock.js';

// Simulates many devices that share slots, in simulated time. The scheduler is real; everything else is determined by a
// seed.

/** How long an inference takes, as a linear function of the size of its job. */
export interface LinearCost {
  readonly fixedMs: number;
  /** Milliseconds per second of speech or per unit of text. */
  readonly msPerUnit: number;
}

export interface SimulatedLoad {
  readonly devices: number;
  readonly slots: number;
  readonly durationMs: number;
  readonly seed: number;
  readonly asr: LinearCost;
  /** Cost of a voice on this machine. A voice in the cloud takes no slot and has no cost here. */
  readonly tts: LinearCost | undefined;
  /** Number of devices that talk without end, half a minute at a time. Their speech is recognised in pieces. */
  readonly monologues?: number;
  readonly order?: JobOrder;
  /** Called when a job of this device starts. Some orders of jobs depend on how much each device has used. */
  onStart?(deviceId: string): void;
  /**
   * Decides whether to recognise speech at a pause, and is told how that ended. Without it, nothing is recognised at
   * pauses.
   */
  readonly speculation?: {
    /**
     * If it is true, the recognition waits for a slot until the utterance continues. Otherwise it gets an idle slot at
     * once, or is dropped.
     */
    readonly waits?: boolean;
    allowed(): boolean;
    settled(used: boolean, runMs: number): void;
    /** Called after each recognition. */
    ran?(runMs: number): void;
    /** Called once, before everything else, to pass in the simulation's clock. */
    clock?(nowMs: () => number): void;
  };
  /** Share of utterances with a pause that is long enough to be recognised, after which speech continues. */
  readonly pauseShare?: number;
}

export interface SimulatedRun {
  /** For each device and turn: time from the end of the utterance to its text. */
  readonly waits: ReadonlyMap<string, readonly number[]>;
  /** Time from the end of the utterance to the first sound. */
  readonly firstSounds: readonly number[];
  readonly turns: number;
  readonly sentences: number;
  /** Number of sentences that came after the device had played everything before them. */
  readonly underruns: number;
  readonly failed: number;
  /** The share of the slots' time in which they were busy. */
  readonly load: number;
  readonly speculativeMs: number;
  readonly wastedMs: number;
  readonly asrMs: number;
}

/** SPEECH_MS and PAUSE_MS are the same as in the simulated fleet (`src/measure/fleet/run-options.ts`, CONVERSATION). */
const SPEECH_MS = [2000, 6000] as const;
const PAUSE_MS = [1000, 3000] as const;
const LLM_FIRST_CHUNK_MS = 500;
const CLOUD_VOICE_MS = 150;
/** How many units of text a second of speech has. */
const UNITS_PER_SECOND = 5;
const SPECULATE_SILENCE_MS = 250;
const ENDPOINT_MS = 700;
/** How long after a pause was recognised the speech continues. */
const RESUMED_AFTER_MS = 200;
const TRANSCRIPT_TARGET_MS = 300;
const COMMITTED_TARGET_MS = 3000;
const PIECE_MS = 5000;
/** How long a job really takes, relative to its prediction. */
const NOISE = [0.9, 1.25] as const;

export async function simulate(load: SimulatedLoad): Promise<SimulatedRun> {
  const clock = new FakeClock();
  const slots = createSlots({
    clock,
    metrics: noMetrics,
    slots: load.slots,
    queueCapacity: 1024,
    ...(load.order && { order: load.order }),
  });
  load.speculation?.clock?.(() => clock.nowMs());
  const world = new World(load, clock, slots);
  const devices = Array.from({ length: load.devices }, (_, device) => {
    const life = new AbortController();
    return { life, ended: world.live(`d${device}`, device < (load.monologues ?? 0), life.signal) };
  });
  await clock.advance(load.durationMs);
  for (const { life } of devices) life.abort(new Cancelled('the simulation is over'));
  await Promise.all(devices.map(({ ended }) => ended));
  return world.result();
}

class World {
  readonly #waits = new Map<string, number[]>();
  readonly #firstSounds: number[] = [];
  readonly #sums = {
    turns: 0,
    sentences: 0,
    underruns: 0,
    failed: 0,
    busyMs: 0,
    speculativeMs: 0,
    wastedMs: 0,
    asrMs: 0,
  };

  constructor(
    private readonly load: SimulatedLoad,
    private readonly clock: FakeClock,
    private readonly slots: Slots,
  ) {}

  result(): SimulatedRun {
    const { busyMs, ...sums } = this.#sums;
    return {
      waits: this.#waits,
      firstSounds: this.#firstSounds,
      ...sums,
      load: busyMs / (this.load.slots * this.load.durationMs),
    };
  }

  async live(deviceId: string, monologue: boolean, signal: AbortSignal): Promise<void> {
    const random = seededRandom(this.load.seed, deviceId);
    const waits: number[] = [];
    this.#waits.set(deviceId, waits);
    try {
      await sleep(this.clock, uniform(random, 0, 13_000), signal);
      for (;;) {
        // The random numbers are drawn before any wait, so that a device says the same in whatever order jobs are
        // served.
        const turn = drawTurn(random, monologue);
        try {
          waits.push(await this.#listen(deviceId, turn, signal));
          await this.#speak(deviceId, turn, signal);
          this.#sums.turns += 1;
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof Cancelled) throw error;
          this.#sums.failed += 1;
        }
        await sleep(this.clock, turn.pauseMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Lets the device say an utterance. Resolves with how long its text took, in ms. */
  async #listen(deviceId: string, turn: Turn, signal: AbortSignal): Promise<number> {
    const pieces: Promise<number>[] = [];
    let leftMs = turn.speechMs;
    for (; leftMs > 1.5 * PIECE_MS; leftMs -= PIECE_MS) {
      await sleep(this.clock, PIECE_MS, signal);
      pieces.push(this.#decode(deviceId, PIECE_MS, this.clock.nowMs() + COMMITTED_TARGET_MS, turn.noise, signal));
      // The failure is handled when the utterance ends, where all pieces are awaited. Until then it must not count as
      // unhandled.
      pieces.at(-1)?.catch(() => undefined);
    }
    if (turn.pausesAtShare < (this.load.pauseShare ?? 0)) {
      // Speech continues after this pause, so recognising it is wasted work.
      await sleep(this.clock, leftMs / 2 + SPECULATE_SILENCE_MS, signal);
      const pause = this.#speculate(deviceId, leftMs / 2, turn.noise, signal);
      void pause.result.then((run) => run && this.#settle(false, run.runMs));
      await sleep(this.clock, RESUMED_AFTER_MS, signal);
      pause.forget();
      await sleep(this.clock, leftMs / 2 + SPECULATE_SILENCE_MS, signal);
    } else {
      await sleep(this.clock, leftMs + SPECULATE_SILENCE_MS, signal);
    }
    const early = this.#speculate(deviceId, leftMs, turn.noise, signal);
    await sleep(this.clock, ENDPOINT_MS - SPECULATE_SILENCE_MS, signal);
    const endedMs = this.clock.nowMs();
    early.guess?.confirm(endedMs + TRANSCRIPT_TARGET_MS);
    const run = await early.result;
    if (run) this.#settle(true, run.runMs);
    else pieces.push(this.#decode(deviceId, leftMs, this.clock.nowMs() + TRANSCRIPT_TARGET_MS, turn.noise, signal));
    await Promise.all(pieces);
    return this.clock.nowMs() - endedMs;
  }

  #speculate(deviceId: string, audioMs: number, noise: number, signal: AbortSignal): Speculation {
    const { speculation } = this.load;
    if (!speculation?.allowed())
      return { guess: undefined, result: Promise.resolve(undefined), forget: () => undefined };
    const guess = speculation.waits ? new Guess() : undefined;
    const forgotten = new AbortController();
    let begun = false;
    const result = this.#decode(
      deviceId,
      audioMs,
      guess,
      noise,
      AbortSignal.any([signal, forgotten.signal]),
      () => (begun = true),
    ).then(
      (runMs) => ({ runMs }),
      () => undefined,
    );
    // A job that has started runs to its end, as native code does.
    return { guess, result, forget: () => void (begun || forgotten.abort(new Cancelled('the utterance goes on'))) };
  }

  #settle(used: boolean, runMs: number): void {
    this.load.speculation?.settled(used, runMs);
    this.#sums.speculativeMs += runMs;
    if (!used) this.#sums.wastedMs += runMs;
  }

  async #decode(
    deviceId: string,
    audioMs: number,
    due: number | Guess | undefined,
    noise: number,
    signal: AbortSignal,
    onBegin?: () => void,
  ): Promise<number> {
    const { fixedMs, msPerUnit } = this.load.asr;
    const predictedMs = fixedMs + (msPerUnit * audioMs) / 1000;
    const runMs = await this.#run('asr', deviceId, due, predictedMs, noise, signal, false, onBegin);
    this.#sums.asrMs += runMs;
    this.load.speculation?.ran?.(runMs);
    return runMs;
  }

  async #speak(deviceId: string, turn: Turn, signal: AbortSignal): Promise<void> {
    const { tts } = this.load;
    const textMs = this.clock.nowMs();
    await sleep(this.clock, LLM_FIRST_CHUNK_MS, signal);
    let dryAtMs: number | undefined;
    for (const spokenMs of turn.sentencesMs) {
      if (tts) {
        const predictedMs = tts.fixedMs + (tts.msPerUnit * UNITS_PER_SECOND * spokenMs) / 1000;
        await this.#run(
          'tts',
          deviceId,
          dryAtMs ?? this.clock.nowMs(),
          predictedMs,
          turn.noise,
          signal,
          dryAtMs !== undefined,
        );
      } else if (dryAtMs === undefined) {
        await sleep(this.clock, CLOUD_VOICE_MS, signal);
      }
      const nowMs = this.clock.nowMs();
      this.#sums.sentences += 1;
      if (dryAtMs === undefined) this.#firstSounds.push(nowMs - textMs + (this.#waits.get(deviceId)?.at(-1) ?? 0));
      else if (nowMs > dryAtMs) this.#sums.underruns += 1;
      dryAtMs = Math.max(dryAtMs ?? nowMs, nowMs) + spokenMs;
    }
    await sleep(this.clock, Math.max(0, (dryAtMs ?? 0) - this.clock.nowMs()), signal);
  }

  #run(
    kind: 'asr' | 'tts',
    deviceId: string,
    due: number | Guess | undefined,
    predictedMs: number,
    noise: number,
    signal: AbortSignal,
    playing = false,
    onBegin?: () => void,
  ): Promise<number> {
    const wanted = due instanceof Guess ? { deadlineMs: undefined, guess: due } : { deadlineMs: due };
    return this.slots.run({ kind, deviceId, ...wanted, playing, predictedMs }, signal, async () => {
      onBegin?.();
      this.load.onStart?.(deviceId);
      const runMs = predictedMs * noise;
      await sleep(this.clock, runMs);
      this.#sums.busyMs += runMs;
      return runMs;
    });
  }
}

interface Speculation {
  readonly guess: Guess | undefined;
  /** Undefined if nothing was recognised at the pause. */
  readonly result: Promise<{ readonly runMs: number } | undefined>;
  /** Call this when the utterance continues. */
  forget(): void;
}

interface Turn {
  readonly speechMs: number;
  readonly pauseMs: number;
  readonly sentencesMs: readonly number[];
  readonly noise: number;
  readonly pausesAtShare: number;
}

function drawTurn(random: Random, monologue: boolean): Turn {
  const speechMs = monologue ? 30_000 : uniform(random, ...SPEECH_MS);
  const replyMs = normalWithin(random, 5000, 2000, 1000, 9000);
  const sentences = Math.max(1, Math.round(replyMs / 2500));
  return {
    speechMs,
    pauseMs: uniform(random, ...PAUSE_MS),
    sentencesMs: Array.from({ length: sentences }, () => replyMs / sentences),
    noise: uniform(random, ...NOISE),
    pausesAtShare: random(),
  };
}
