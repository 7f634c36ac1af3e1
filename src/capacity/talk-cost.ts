/** Where the cost of a conversation comes from, from the roughest source to the best. */
export type CostSource = 'table' | 'self_test' | 'measured';

/** An estimate weighs as much as this many seconds of measured conversation. */
const PRIOR_SECONDS = { table: 60, self_test: 300 } as const;
/**
 * Length of the warm-up in seconds of conversation. The first conversations cost more, because code is still being
 * compiled. Thirty devices took 0.029 core each in their first ten seconds and 0.018 later. With a self-test,
 * measurements during the warm-up are ignored.
 */
const WARM_UP_SECONDS = 300;
/**
 * A measurement counts up to this multiple of the self-test. A higher value comes from other work, such as a flood of
 * requests.
 */
const MOST_TIMES_SELF_TEST = 3;
/**
 * While no device talks, the measurement loses half of its weight in this time. The self-test then counts more again.
 */
const IDLE_HALF_LIFE_MS = 600_000;
/** Length of the memory in seconds of conversation: 20 s of sixty devices, or 20 minutes of one. */
const MEMORY_SECONDS = 1200;

/** A lower value is a wrong measurement. */
const LEAST_CORES = 0.003;

/**
 * Average cores or slots per conversation, pauses included. An estimate is gradually replaced by measurements. With few
 * devices the result may be too high, because few devices share the fixed costs.
 */
export class TalkCost {
  #prior: { readonly cores: number; readonly seconds: number; readonly source: CostSource };
  #seconds = 0;
  #sinceStart = 0;
  #coreSeconds = 0;

  #warm = false;

  constructor(tableCores: number) {
    this.#prior = { cores: tableCores, seconds: PRIOR_SECONDS.table, source: 'table' };
  }

  selfTested(cores: number): void {
    this.#prior = { cores, seconds: PRIOR_SECONDS.self_test, source: 'self_test' };
  }

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
    // The estimate loses weight as measured seconds accumulate. At three times its own `seconds`, it has none.
    const weight = seconds * Math.max(0, 1 - this.#seconds / (3 * seconds));
    return Math.max(LEAST_CORES, (cores * weight + this.#coreSeconds) / (weight + this.#seconds));
  }

  get source(): CostSource {
    return this.#seconds > this.#prior.seconds ? 'measured' : this.#prior.source;
  }
}

/**
 * One minute of a device in the simulated scenario `steady`. `speechS` includes the audio from just before the speech.
 */
export const STEADY_MINUTE = { turns: 4.7, speechS: 4.3, replyS: 5 };
/**
 * Cores per talking device for voice activity detection, Opus in both directions and MP3. Forty devices took 0.0014
 * core each on a Zen 5 EPYC, and up to 0.003 on Zen 4 (`chorus bench --baseline kernels`). The constant has a margin
 * for slower machines.
 */
const EARS_AND_OPUS_CORES = 0.0035;
/**
 * Factor for sessions, sockets, pacing, speculation and the operating system. Used until the real cost is measured. 56
 * devices showed a factor of 1.18 (bench/results/auto.json). The rest is a margin, because too few devices at first are
 * better than too many.
 */
const SERVER_OVER_KERNELS = 1.27;

export interface KernelTimes {
  /** CPU of recognition per second of speech, in core seconds. */
  readonly asrPerSecond: number;
  /** CPU of a local voice per second of its speech. 0 if the voice is remote. */
  readonly ttsPerSecond: number;
}

/** Cores per conversation, computed from costs that were each timed alone. */
export function coresOfConversation({ asrPerSecond, ttsPerSecond }: KernelTimes): number {
  const perTurn = STEADY_MINUTE.speechS * asrPerSecond + STEADY_MINUTE.replyS * ttsPerSecond;
  return ((STEADY_MINUTE.turns * perTurn) / 60 + EARS_AND_OPUS_CORES) * SERVER_OVER_KERNELS;
}

/** Factor for the overhead of sharing the cores, and for wasted speculative recognition. */
const SLOT_OVER_KERNELS = 1.2;

/** The average number of slots that one conversation occupies. `cores` is the result of {@link coresOfConversation}. */
export function slotsOfConversation(cores: number): number {
  return Math.max(0, cores / SERVER_OVER_KERNELS - EARS_AND_OPUS_CORES) * SLOT_OVER_KERNELS;
}
