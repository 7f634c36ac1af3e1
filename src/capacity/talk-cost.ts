/** Where the cost of a conversation comes from, from the roughest source to the best. */
export type CostSource = 'table' | 'self_test' | 'measured';

/** Weight of an estimate that is not measured from conversations: as much as this many seconds of conversation. */
const PRIOR_SECONDS = { table: 60, self_test: 300 } as const;
/**
 * Length of the warm-up, in seconds of conversation. The first conversations cost more, because code is still being
 * compiled: thirty devices took 0.029 core each in their first ten seconds and 0.018 later. The server then computed a
 * limit below the number of devices already connected. With a self-test, measurements during the warm-up are ignored.
 * Without one they are used, because they are better than the table; after the warm-up, the cost is measured again.
 */
const WARM_UP_SECONDS = 300;
/**
 * A measurement counts up to this multiple of the self-test. If it is higher, other work used our CPU (a flood of
 * requests), which is not part of the cost of talk.
 */
const MOST_TIMES_SELF_TEST = 3;
/**
 * While no device talks, the measurement loses half of its weight in this time, so that the self-test counts more
 * again.
 */
const IDLE_HALF_LIFE_MS = 600_000;
/** Memory of measurements, in seconds of conversation: 20 s of sixty devices, or 20 minutes of one. */
const MEMORY_SECONDS = 1200;

/** Lower bound of the cost. A lower value is a wrong measurement. */
const LEAST_CORES = 0.003;

/**
 * Average cores per conversation, pauses included. An estimate (the table or the self-test) is gradually replaced by
 * measurements. With few devices, the fixed costs are divided among few, so the result is more likely too high than too
 * low. Does no I/O and reads no clock.
 */
export class TalkCost {
  #prior: { readonly cores: number; readonly seconds: number; readonly source: CostSource };
  #seconds = 0;
  #sinceStart = 0;
  #coreSeconds = 0;

  #warm = false;

  /** `tableCores`: the estimate before any measurement. */
  constructor(tableCores: number) {
    this.#prior = { cores: tableCores, seconds: PRIOR_SECONDS.table, source: 'table' };
  }

  /** Replaces the table's estimate with the result of the self-test. */
  selfTested(cores: number): void {
    this.#prior = { cores, seconds: PRIOR_SECONDS.self_test, source: 'self_test' };
  }

  /** Records that `seconds` of conversation took `coreSeconds` of CPU. */
  observe(seconds: number, coreSeconds: number): void {
    if (!(seconds > 0) || !(coreSeconds >= 0)) return;
    this.#sinceStart += seconds;
    const tested = this.#prior.source === 'self_test';
    if (tested && this.#sinceStart <= WARM_UP_SECONDS) return;
    if (!tested && !this.#warm && this.#sinceStart > WARM_UP_SECONDS) this.#forgetWarmUp();
    const most = tested ? MOST_TIMES_SELF_TEST * this.#prior.cores * seconds : Number.POSITIVE_INFINITY;
    const keep = Math.min(1, Math.max(0, 1 - seconds / MEMORY_SECONDS));
    this.#seconds = this.#seconds * keep + seconds;
    this.#coreSeconds = this.#coreSeconds * keep + Math.min(most, coreSeconds);
  }

  /** Records that no device has talked for this long. */
  idle(forMs: number): void {
    if (this.#prior.source !== 'self_test') return;
    const keep = 0.5 ** (forMs / IDLE_HALF_LIFE_MS);
    this.#seconds *= keep;
    this.#coreSeconds *= keep;
  }

  #forgetWarmUp(): void {
    this.#prior = { cores: this.cores, seconds: PRIOR_SECONDS.table, source: 'measured' };
    this.#warm = true;
    this.#seconds = 0;
    this.#coreSeconds = 0;
  }

  get cores(): number {
    const { cores, seconds } = this.#prior;
    // The estimate loses weight as measured seconds accumulate. It has none when they reach three times its own
    // `seconds`.
    const weight = seconds * Math.max(0, 1 - this.#seconds / (3 * seconds));
    return Math.max(LEAST_CORES, (cores * weight + this.#coreSeconds) / (weight + this.#seconds));
  }

  get source(): CostSource {
    return this.#seconds > this.#prior.seconds ? 'measured' : this.#prior.source;
  }
}

/**
 * One minute of a device in the simulated scenario `steady`: 4.7 turns, each with 4.3 s of speech (including the audio
 * from just before it) and 5 s of reply.
 */
export const STEADY_MINUTE = { turns: 4.7, speechS: 4.3, replyS: 5 };
/**
 * Cores per talking device for voice activity detection, Opus in both directions and MP3. Measured with forty devices
 * at once: 0.0014 core on a Zen 5 EPYC, up to 0.003 on Zen 4 (`chorus bench --baseline kernels`). The constant is
 * higher, as a margin for slower machines.
 */
const EARS_AND_OPUS_CORES = 0.0035;
/**
 * Factor on top of recognition, voice and Opus, for sessions, sockets, pacing, speculation and the operating system.
 * Used until the real cost is measured. When this factor was 1.35, the self-test estimated 0.0227 core per device, but
 * 56 devices took 0.0198 each (bench/results/auto.json). So the true factor was 1.18. The rest is a margin, because it
 * is better to admit too few devices at first than too many.
 */
const SERVER_OVER_KERNELS = 1.27;

export interface KernelTimes {
  /** CPU of recognition per second of speech, in core seconds. */
  readonly asrPerSecond: number;
  /** CPU of a local voice per second of its speech. 0: the voice is remote. */
  readonly ttsPerSecond: number;
}

/** Returns the cores per conversation from the cost of its parts, each timed alone. */
export function coresOfConversation({ asrPerSecond, ttsPerSecond }: KernelTimes): number {
  const perTurn = STEADY_MINUTE.speechS * asrPerSecond + STEADY_MINUTE.replyS * ttsPerSecond;
  return ((STEADY_MINUTE.turns * perTurn) / 60 + EARS_AND_OPUS_CORES) * SERVER_OVER_KERNELS;
}

/** Factor for the overhead of sharing the cores, and for wasted speculative recognition. */
const SLOT_OVER_KERNELS = 1.2;

/**
 * Returns the average number of slots that one conversation occupies. `cores` is the result of
 * {@link coresOfConversation}.
 */
export function slotsOfConversation(cores: number): number {
  return Math.max(0, cores / SERVER_OVER_KERNELS - EARS_AND_OPUS_CORES) * SLOT_OVER_KERNELS;
}
