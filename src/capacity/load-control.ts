import type { TalkRoom } from './admission.js';
import { Strain, type StrainSigns } from './strain.js';
import { type CostSource, slotsOfConversation, TalkCost } from './talk-cost.js';

export interface LoadControlOptions {
  /** Share of CPU and memory that may be used (`load.target`). */
  readonly target: number;
  /** Cores that the server may use: all of the machine, a container's quota, or the configured number. */
  readonly supplyCores: number;
  readonly supplyBytes: number;
  /** Number of concurrent inference jobs. Default: any number. */
  readonly slots?: number;
  /** Limit on conversations (`max_concurrent_sessions`). May be infinite. */
  readonly max: number;
}

/** Measurements since the previous sample. Those of CPU time are means, not peaks. */
export interface LoadSample extends StrainSigns {
  readonly intervalMs: number;
  /** Conversations, including those in a pause. */
  readonly conversations: number;
  /** Conversations without long pauses. Pauses would make the cost per conversation look low. */
  readonly active: number;
  readonly ownCores: number;
  /** Slots that jobs occupied. Undefined if unknown. */
  readonly slotsHeld?: number;
  /** Share of the recent jobs that began too late. Undefined if there were too few jobs. */
  readonly lateShare?: number | undefined;
  /** Late jobs since the previous sample. Undefined counts as some late jobs. */
  readonly newlyLate?: number;
  /** Cores used by other programs, among those available to us. */
  readonly otherCores: number;
  /** Memory of our processes. */
  readonly ownBytes: number;
  /** Memory that is still available. */
  readonly availableBytes: number;
  /** True if a self-test or the loading of a model used our CPU. */
  readonly disturbed: boolean;
}

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

/** A cautious guess before any measurement: five devices per core at the default target. */
export const TABLE_CORES = 0.14;
/**
 * The estimate is above every measurement, because memory is rarely the limit. The first ten conversations take 5.7 MB
 * each, later ones 1.3 MB (docs/capacity.md).
 */
export const CONVERSATION_BYTES = 8 * 1024 * 1024;
/** CPU of timers, metrics and idle connections, until it is measured. */
const IDLE_CORES = 0.02;
/** We rely on this share of the cores, because the kernel divides the CPU fairly. */
const OUR_SHARE = 0.5;
/** Time constant of the rising load of other programs. */
const OTHERS_RISE_MS = 20_000;
/** Time constant of our own rising load while no device talks. */
const IDLE_RISE_MS = 60_000;
/** Time constant of both while they fall. */
const FALL_MS = 4000;
/** A rise of other programs counts for at most this time per sample, because samples come late on a starved machine. */
const LONGEST_RISE_MS = 4000;
/**
 * The cost of a conversation is not measured while the machine is full and other programs use more than this share. Our
 * use is then below the true cost.
 */
const OTHERS_IN_THE_WAY = 0.1;
/** Share of the cores that is busy on a full machine. */
const FULL = 0.97;
/**
 * Share of the slots that may be busy before 5 of 100 jobs wait too long. One slot may be busy half of the time.
 * Measured with two slots, at SenseVoice's cost (uint8): 0.49 was good, and 0.68 was the limit.
 */
const fullUpTo = (slots: number): number => 1 - 0.5 / Math.sqrt(slots);
/**
 * A smaller change of the limit is ignored. A rising limit stays this share below the available room, because the cost
 * of a conversation varies.
 */
const DEAD_BAND = 0.05;
/** Above this share of late jobs, each sample with further late jobs shrinks the room for conversations. */
const LATE = 0.05;
/** Below this share of late jobs, each sample widens the room. */
const IN_TIME = 0.02;
const SERVICE_STEP = 0.08;
/**
 * After this many samples in a row without further late jobs, the room widens. The share alone would keep it small for
 * half a minute, because the late jobs fade slowly from it.
 */
const CALM_LOOKS = 3;
/**
 * Late jobs leave at least this share of what the CPU allows. A sudden crowd makes jobs late for a moment, but says
 * little about the capacity.
 */
const LEAST_FOR_SERVICE = 0.6;
/** Largest rise of the limit per sample, as a share. Devices just admitted have cost nothing yet. */
const RISE = 0.2;

/**
 * Limit of turns that wait for their first audio, as a share of the machine's capacity. In steady talk the share is
 * 0.4, because a turn waits during 5 of its 13 s. With 0.6, devices of a sudden crowd wait about 2 s.
 */
const AWAITING_SHARE = 0.6;
const LEAST_AWAITING = 4;

export function createLoadControl(options: LoadControlOptions): LoadControl {
  return new Control(options);
}

/** Computes how many conversations fit under the target. Reads no clock and does no I/O. */
class Control implements LoadControl {
  readonly #cost = new TalkCost(TABLE_CORES);
  readonly #held = new TalkCost(slotsOfConversation(TABLE_CORES));
  readonly #strain = new Strain();
  #idleCores = IDLE_CORES;
  readonly #others = new OtherLoad();
  #memoryRoom = Number.POSITIVE_INFINITY;
  /** Number of conversations that the machine can serve in time. Infinite unless many jobs were recently late. */
  #serviceRoom = Number.POSITIVE_INFINITY;
  #calmLooks = 0;
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
    this.#calmLooks = newlyLate === 0 ? this.#calmLooks + 1 : 0;
    const calm = this.#calmLooks >= CALM_LOOKS;
    if (lateShare !== undefined && lateShare > LATE && !calm) {
      // The same late jobs already lowered the room in earlier samples.
      if (newlyLate === 0) return;
      const present = Math.min(this.#serviceRoom, this.#ceiling, Math.max(1, conversations));
      this.#serviceRoom = Math.max(LEAST_FOR_SERVICE * this.#cpuRoom(), (1 - SERVICE_STEP) * present);
    } else if (calm || lateShare === undefined || lateShare < IN_TIME) {
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
    const carried = Math.min(this.#cpuRoom(), this.#memoryRoom);
    return {
      conversations: this.#ceiling,
      seated: Math.max(this.#ceiling, Math.floor(Math.min(carried, this.options.max))),
      awaiting: Math.max(LEAST_AWAITING, AWAITING_SHARE * carried),
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

  /** Conversations for which CPU and slots are enough. A quota may leave so few slots that they are full first. */
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

/** The lasting load of other programs. A rise takes effect slowly, a fall soon. */
class OtherLoad {
  #cores = 0;
  #last = 0;

  get cores(): number {
    return this.#cores;
  }

  look(cores: number, intervalMs: number): void {
    const most = Math.max(cores, this.#last);
    // A falling value never raises the mean, because it may still contain load of a program that has ended.
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
