import type { TalkRoom } from './admission.js';
import { Strain, type StrainSigns } from './strain.js';
import { type CostSource, slotsOfConversation, TalkCost } from './talk-cost.js';

export interface LoadControlOptions {
  /** Share of the CPU and memory that may be used (`load.target`). */
  readonly target: number;
  /** Cores that the server may use: the machine's, the quota's, or the configured number. */
  readonly supplyCores: number;
  /** Bytes that we may use. */
  readonly supplyBytes: number;
  /** Inference jobs at once; default: any number. */
  readonly slots?: number;
  /** Limit on conversations (`max_concurrent_sessions`); Infinity: as many as the machine carries. */
  readonly max: number;
}

/** Measurements since the previous look; means, not peaks. */
export interface LoadSample extends StrainSigns {
  readonly intervalMs: number;
  /** Conversations, including those in a pause. */
  readonly conversations: number;
  /**
   * Conversations that talked. The cost of one is computed from these: long pauses, as when a crowd leaves, would make
   * talk look cheap.
   */
  readonly active: number;
  /** Cores that our processes used. */
  readonly ownCores: number;
  /** Slots that jobs held; undefined: not known. */
  readonly slotsHeld?: number;
  /** Share of the recent jobs that began too late; undefined: too few to say. */
  readonly lateShare?: number | undefined;
  /** Jobs that began too late, of those that ended since the previous look; default: some. */
  readonly newlyLate?: number;
  /** Cores used by other programs, of those available to us. */
  readonly otherCores: number;
  /** Memory of our processes, and memory still available. */
  readonly ownBytes: number;
  readonly availableBytes: number;
  /** True: our CPU use was not that of conversations (a self-test, a model being loaded). */
  readonly disturbed: boolean;
}

/** The reason for the current limit. */
export type CeilingReason = 'configured' | 'cpu' | 'memory';

export interface LoadView extends TalkRoom {
  readonly reason: CeilingReason;
  readonly source: CostSource;
  /** Cores of one conversation. */
  readonly costCores: number;
  /** Cores that other programs leave to us, before the target is applied. */
  readonly availableCores: number;
  /** CPU expected with the conversations of the last look, as a share of {@link availableCores}. */
  readonly predictedLoad: number;
}

export interface LoadControl {
  view(): LoadView;
  look(sample: LoadSample): LoadView;
  /** Sets the cost of a conversation, in cores, as the self-test measured it. */
  selfTested(cores: number): LoadView;
}

/** Cost of one talking device before anything was measured: five a core at the default target. A cautious guess. */
export const TABLE_CORES = 0.14;
/**
 * Memory of one conversation (sockets, session, audio buffers, history): more than any measurement, since memory is
 * rarely the limit. The first ten take 5.7 MB each, later ones 1.3 MB (docs/capacity.md).
 */
export const CONVERSATION_BYTES = 8 * 1024 * 1024;
/** CPU of timers, metrics and idle connections before it was measured. */
const IDLE_CORES = 0.02;
/** Share of the cores that we count on, however busy other programs are, because the kernel shares fairly. */
const OUR_SHARE = 0.5;
/**
 * Load of other programs counts after it has lasted this long. Our own load without conversations (warming phrases,
 * loading a model) counts even later.
 */
const OTHERS_RISE_MS = 20_000;
const IDLE_RISE_MS = 60_000;
/** A load that falls counts after this short time. */
const FALL_MS = 4000;
/** On a starved machine a look comes late. The load then counts as if it had lasted for at most this time. */
const LONGEST_RISE_MS = 4000;
/**
 * Above this share of the machine, other programs take CPU from us when the machine is full, and our use is not the
 * cost of talk.
 */
const OTHERS_IN_THE_WAY = 0.1;
const FULL = 0.97;
/**
 * Share of the slots that may be busy before 5 of 100 jobs wait too long: jobs arrive when people stop speaking, and
 * each holds its slot for 0.4 s. One slot may be busy half of the time, two slots 0.65 of it, since either may become
 * free. Measured with two slots (SenseVoice's cost, uint8): 27 devices held 0.49 of them and the first sound was in
 * time; 34 held 0.68 and it was barely in time.
 */
const fullUpTo = (slots: number): number => 1 - 0.5 / Math.sqrt(slots);
/**
 * A smaller change than this share of the limit is ignored. The limit rises only to this share below the available
 * room, or the next cost change would lower it again. It rises by at most a fifth per look, because devices just
 * admitted have cost nothing yet.
 */
const DEAD_BAND = 0.05;
/**
 * While more than 5 of 100 jobs begin too late, each look with a further late job makes the room smaller by
 * SERVICE_STEP, counted from the present conversations. The room never falls below the share LEAST_FOR_SERVICE of the
 * room by CPU: a crowd that comes at once is late for a moment only and says little about the capacity. While almost no
 * job is late, each look makes the room larger by the same step.
 */
const LATE = 0.05;
const IN_TIME = 0.02;
const SERVICE_STEP = 0.08;
const LEAST_FOR_SERVICE = 0.6;
const RISE = 0.2;

/**
 * Limit of turns that wait for their first sound, as a share of the machine's capacity; beyond it no new conversation
 * begins. While everybody keeps talking the share is 0.4, because a turn waits in 5 of its 13 s. In a crowd that begins
 * within seconds, devices wait for each other: with a limit of 0.6 for some 2 s, because the machine finishes a turn
 * every (13 s x 0.7) / limit, and begins its work while they still speak. A few are always admitted, because a share of
 * a small number is often exceeded by chance.
 */
const AWAITING_SHARE = 0.6;
const LEAST_AWAITING = 4;

export function createLoadControl(options: LoadControlOptions): LoadControl {
  return new Control(options);
}

/**
 * Computes how many conversations fit under the target, from the cost of one in cores and slots (by the table, then a
 * self-test, then measurement), the load of other programs, and memory. Pure: the caller measures the machine.
 */
class Control implements LoadControl {
  readonly #cost = new TalkCost(TABLE_CORES);
  readonly #held = new TalkCost(slotsOfConversation(TABLE_CORES));
  readonly #strain = new Strain();
  #idleCores = IDLE_CORES;
  readonly #others = new OtherLoad();
  #memoryRoom = Number.POSITIVE_INFINITY;
  /** Conversations for which jobs begin in time; infinite: nothing was late. */
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
      // The late jobs of the previous looks have counted already: the share forgets them slowly.
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

  /**
   * The limit by CPU and by slots. With few slots for the CPU, as under a quota, the slots are full before the CPU is.
   */
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
 * Lasting load of other programs. It counts slowly while it rises. The load of a program that has ended no longer
 * counts.
 */
class OtherLoad {
  #cores = 0;
  #last = 0;

  get cores(): number {
    return this.#cores;
  }

  look(cores: number, intervalMs: number): void {
    const most = Math.max(cores, this.#last);
    // A falling value does not update the mean, because it may still contain a part of a program that has ended.
    if (cores >= this.#last)
      this.#cores = follow(this.#cores, cores, Math.min(intervalMs, LONGEST_RISE_MS), OTHERS_RISE_MS);
    this.#cores = Math.min(this.#cores, most);
    this.#last = cores;
  }
}

/** A mean that fades exponentially, slower upwards than downwards. */
function follow(mean: number, value: number, intervalMs: number, riseMs: number): number {
  return mean + (value - mean) * (1 - Math.exp(-intervalMs / (value > mean ? riseMs : FALL_MS)));
}
