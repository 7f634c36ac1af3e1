import type { TalkRoom } from './admission.js';
import { Strain, type StrainSigns } from './strain.js';
import { type CostSource, slotsOfConversation, TalkCost } from './talk-cost.js';

export interface LoadControlOptions {
  /** Share of CPU and memory that may be used (`load.target`). */
  readonly target: number;
  /** Cores that the server may use: all of the machine, a container's quota, or the configured number. */
  readonly supplyCores: number;
  /** Bytes that the server may use. */
  readonly supplyBytes: number;
  /** Number of concurrent inference jobs. Default: any number. */
  readonly slots?: number;
  /** Limit on conversations (`max_concurrent_sessions`). Infinity: as many as the machine can carry. */
  readonly max: number;
}

/** Measurements since the previous sample. They are means, not peaks. */
export interface LoadSample extends StrainSigns {
  readonly intervalMs: number;
  /** Conversations, including those in a pause. */
  readonly conversations: number;
  /**
   * Conversations that talked. The cost per conversation is computed from these, because long pauses would make it look
   * low, for example when a crowd leaves.
   */
  readonly active: number;
  /** Cores that our processes used. */
  readonly ownCores: number;
  /** Slots that jobs occupied. Undefined: unknown. */
  readonly slotsHeld?: number;
  /** Share of the recent jobs that began too late. Undefined: too few jobs. */
  readonly lateShare?: number | undefined;
  /** Number of jobs that ended since the previous sample and began too late. Undefined: assumed to be some. */
  readonly newlyLate?: number;
  /** Cores used by other programs, among those available to us. */
  readonly otherCores: number;
  /** Memory of our processes, and memory that is still available. */
  readonly ownBytes: number;
  readonly availableBytes: number;
  /** True: our CPU use did not come from conversations (a self-test, a model being loaded). */
  readonly disturbed: boolean;
}

/** The reason for the current limit. */
export type CeilingReason = 'configured' | 'cpu' | 'memory';

export interface LoadView extends TalkRoom {
  readonly reason: CeilingReason;
  readonly source: CostSource;
  /** Cores per conversation. */
  readonly costCores: number;
  /** Cores that other programs leave to us, before the target is applied. */
  readonly availableCores: number;
  /** CPU expected for the conversations of the last sample, as a share of {@link availableCores}. */
  readonly predictedLoad: number;
}

export interface LoadControl {
  view(): LoadView;
  look(sample: LoadSample): LoadView;
  /** Sets the cost of a conversation, in cores, as measured by the self-test. */
  selfTested(cores: number): LoadView;
}

/** Cost of one talking device before any measurement: five devices per core at the default target. A cautious guess. */
export const TABLE_CORES = 0.14;
/**
 * Memory of one conversation (sockets, session, audio buffers, history). The value is above every measurement, because
 * memory is rarely the limit. The first ten conversations take 5.7 MB each, later ones 1.3 MB (docs/capacity.md).
 */
export const CONVERSATION_BYTES = 8 * 1024 * 1024;
/** CPU of timers, metrics and idle connections, until it is measured. */
const IDLE_CORES = 0.02;
/** Share of the cores that we rely on, however busy other programs are, because the kernel divides the CPU fairly. */
const OUR_SHARE = 0.5;
/**
 * Time constants: rising load of other programs is taken into account after about 20 s. Our own load without
 * conversations (warming phrases, loading a model) is taken into account even later.
 */
const OTHERS_RISE_MS = 20_000;
const IDLE_RISE_MS = 60_000;
/** Time constant: falling load is taken into account this soon. */
const FALL_MS = 4000;
/**
 * On a starved machine, samples come late. The load of a sample is treated as if it had lasted for at most this time.
 */
const LONGEST_RISE_MS = 4000;
/**
 * If the machine is full and other programs use more than this share of it, they take CPU from us. Our use is then not
 * the true cost of talk.
 */
const OTHERS_IN_THE_WAY = 0.1;
const FULL = 0.97;
/**
 * Share of the slots that may be busy before 5 of 100 jobs wait too long. A job comes whenever a person stops speaking,
 * and occupies its slot for 0.4 s. One slot may be busy half of the time, and two slots 0.65 of it, because either of
 * them may become free. Measured with two slots (SenseVoice's cost, uint8): with 27 devices, 0.49 of the slots were
 * busy and the first audio was in time; with 34 devices, 0.68 were busy and the audio was barely in time.
 */
const fullUpTo = (slots: number): number => 1 - 0.5 / Math.sqrt(slots);
/**
 * A change smaller than this share of the limit is ignored. A rising limit stays this share below the available room;
 * otherwise the next change of the cost would lower the limit again. The limit rises by at most a fifth per sample,
 * because devices just admitted have cost nothing yet.
 */
const DEAD_BAND = 0.05;
/**
 * If more than 5 of 100 jobs are late, the room for conversations shrinks: each sample with a new late job lowers it to
 * SERVICE_STEP below the present number of conversations. While almost no job is late, each sample raises the room by
 * the same step. A crowd that arrives all at once causes late jobs for a moment, but this says little about the
 * capacity. The room therefore never falls below the share LEAST_FOR_SERVICE of the room that the CPU allows.
 */
const LATE = 0.05;
const IN_TIME = 0.02;
const SERVICE_STEP = 0.08;
const LEAST_FOR_SERVICE = 0.6;
const RISE = 0.2;

/**
 * Limit of turns that wait for their first audio, as a share of the machine's capacity. Above this limit, no new
 * conversation begins. In steady talk the share is 0.4, because a turn waits in 5 of its 13 s. In a crowd that begins
 * within seconds, devices wait for each other. With a limit of 0.6 they wait about 2 s: the machine finishes a turn
 * every (13 s x 0.7) / limit, and begins its work while the users still speak. A minimum is always admitted, because a
 * share of a small number is often exceeded by chance.
 */
const AWAITING_SHARE = 0.6;
const LEAST_AWAITING = 4;

export function createLoadControl(options: LoadControlOptions): LoadControl {
  return new Control(options);
}

/**
 * Computes how many conversations fit under the target. The inputs are the cost of a conversation in cores and slots
 * (from the table, then a self-test, then measurement), the load of other programs, and memory. Pure: the caller
 * measures the machine.
 */
class Control implements LoadControl {
  readonly #cost = new TalkCost(TABLE_CORES);
  readonly #held = new TalkCost(slotsOfConversation(TABLE_CORES));
  readonly #strain = new Strain();
  #idleCores = IDLE_CORES;
  readonly #others = new OtherLoad();
  #memoryRoom = Number.POSITIVE_INFINITY;
  /** Number of conversations that the machine can serve in time. Infinite: no job was late. */
  #serviceRoom = Number.POSITIVE_INFINITY;
  #conversations = 0;
  #ceiling: number;

  constructor(private readonly options: LoadControlOptions) {
    this.#ceiling = this.#fitting();
  }

  look(sample: LoadSample): LoadView {
    const { target, supplyBytes } = this.options;
    const { intervalMs, conversations, active, ownCores, ownBytes } = sample;
    this.#conversations = conversations;
    if (!sample.disturbed) this.#strain.look(sample);
    this.#others.look(sample.otherCores, intervalMs);
    if (!sample.disturbed) {
      if (conversations === 0) {
        this.#idleCores = follow(this.#idleCores, ownCores, intervalMs, IDLE_RISE_MS);
        this.#cost.idle(intervalMs);
        this.#held.idle(intervalMs);
      } else if (!this.#isStarved(sample)) {
        const seconds = (active * intervalMs) / 1000;
        this.#cost.observe(seconds, (Math.max(0, ownCores - this.#idleCores) * intervalMs) / 1000);
        if (sample.slotsHeld !== undefined) this.#held.observe(seconds, (sample.slotsHeld * intervalMs) / 1000);
      }
    }
    const obtainable = Math.min(supplyBytes, ownBytes + sample.availableBytes);
    this.#memoryRoom = conversations + (target * obtainable - ownBytes) / CONVERSATION_BYTES;
    this.#serve(sample);
    this.#settle();
    return this.view();
  }

  #serve({ lateShare, newlyLate, conversations }: LoadSample): void {
    if (lateShare !== undefined && lateShare > LATE) {
      // These late jobs already lowered the room in earlier samples. Their share decays slowly.
      if (newlyLate === 0) return;
      const present = Math.min(this.#serviceRoom, this.#ceiling, Math.max(1, conversations));
      this.#serviceRoom = Math.max(LEAST_FOR_SERVICE * this.#cpuRoom(), (1 - SERVICE_STEP) * present);
    } else if (lateShare === undefined || lateShare < IN_TIME) {
      this.#serviceRoom *= 1 + SERVICE_STEP;
      if (this.#serviceRoom > this.#cpuRoom()) this.#serviceRoom = Number.POSITIVE_INFINITY;
    }
  }

  #isStarved({ busy = 0, otherCores }: LoadSample): boolean {
    return busy >= FULL && otherCores > OTHERS_IN_THE_WAY * this.options.supplyCores;
  }

  selfTested(cores: number): LoadView {
    this.#cost.selfTested(cores);
    this.#held.selfTested(slotsOfConversation(cores));
    this.#ceiling = this.#fitting();
    return this.view();
  }

  view(): LoadView {
    const available = this.#availableCores();
    const costCores = this.#cost.cores;
    const reason =
      this.#ceiling >= this.options.max ? 'configured' : this.#memoryRoom < this.#cpuRoom() ? 'memory' : 'cpu';
    return {
      conversations: this.#ceiling,
      awaiting: Math.max(LEAST_AWAITING, AWAITING_SHARE * Math.min(this.#cpuRoom(), this.#memoryRoom)),
      strained: this.#strain.on,
      reason,
      source: this.#cost.source,
      costCores,
      availableCores: available,
      predictedLoad: (this.#idleCores + this.#conversations * costCores) / available,
    };
  }

  #availableCores(): number {
    const { supplyCores } = this.options;
    return Math.max(supplyCores * OUR_SHARE, supplyCores - this.#others.cores);
  }

  /** Returns the limit by CPU and by slots. If a quota leaves few slots, they are full before the CPU is. */
  #cpuRoom(): number {
    const { slots = Infinity } = this.options;
    const byCores = (this.options.target * this.#availableCores() - this.#idleCores) / this.#cost.cores;
    return Math.min(byCores, (slots * fullUpTo(slots)) / this.#held.cores);
  }

  #room(): number {
    return Math.min(this.#cpuRoom(), this.#serviceRoom, this.#memoryRoom, this.options.max);
  }

  #fitting(): number {
    return Math.max(1, Math.floor(this.#room()));
  }

  #settle(): void {
    const room = this.#room();
    const band = Math.max(0.5, DEAD_BAND * this.#ceiling);
    if (room < this.#ceiling - band) this.#ceiling = this.#fitting();
    else if (room >= this.#ceiling + 1 + band || room >= this.options.max) {
      const goal = room >= this.options.max ? this.#fitting() : Math.floor(room - band);
      this.#ceiling = Math.min(goal, this.#ceiling + Math.max(2, Math.floor(RISE * this.#ceiling)));
    }
  }
}

/**
 * The load of other programs that lasts. A rise takes effect slowly. When a program ends, its load is soon no longer
 * counted.
 */
class OtherLoad {
  #cores = 0;
  #last = 0;

  get cores(): number {
    return this.#cores;
  }

  look(cores: number, intervalMs: number): void {
    const most = Math.max(cores, this.#last);
    // A falling value does not update the mean, because the sample may still contain load of a program that has ended.
    if (cores >= this.#last)
      this.#cores = follow(this.#cores, cores, Math.min(intervalMs, LONGEST_RISE_MS), OTHERS_RISE_MS);
    this.#cores = Math.min(this.#cores, most);
    this.#last = cores;
  }
}

/** Exponentially decaying mean that rises more slowly than it falls. */
function follow(mean: number, value: number, intervalMs: number, riseMs: number): number {
  return mean + (value - mean) * (1 - Math.exp(-intervalMs / (value > mean ? riseMs : FALL_MS)));
}
