import type { Clock } from '../../core/index.js';
import type { FleetOptions } from './run-options.js';
import type { Summary } from './statistics.js';
import type { ViolationKind } from './violation.js';

/** The format of {@link FleetResult}; raised when a field changes its meaning. */
export const FLEET_RESULT_VERSION = 1;

/**
 * - `answered`: a reply began after the end of speech and ended.
 * - `cut_off`: the reply began before the end of speech: the server did not hear it all.
 * - `no_answer`: nothing within the time limit. `stuck`: a reply began and never ended.
 * - `closed`: the connection was lost in the turn. `refused`: there was no connection to begin with.
 * - `not_started`: the plan wanted it, but the device was busy until the end of the run, and for a second after it.
 */
export type FleetOutcome = 'answered' | 'cut_off' | 'no_answer' | 'stuck' | 'closed' | 'refused' | 'not_started';

/** One turn of one device. Moments named `At` are milliseconds since the run began; undefined: did not happen. */
export interface FleetTurn {
  /** Number of the device within the run, from 0. */
  readonly device: number;
  /** Number of the turn on the device, from 0. */
  readonly turn: number;
  /** Began in the warm-up: recorded, not counted. */
  readonly warmup: boolean;
  readonly outcome: FleetOutcome;
  /** What the seed alone says. */
  readonly plannedAt: number;
  /**
   * When a punctual server would have let it begin: `plannedAt`, or later if the replies before were longer than planned (as
   * sound, not as time they took). Nothing the server is slow at moves it.
   */
  readonly dueAt: number;
  /** When the person began to speak. */
  readonly startedAt?: number;
  /** `startedAt - dueAt`: how long a person stood before a device that was still busy, or connecting. */
  readonly lateMs?: number;
  /** Name of what was said, in the speech library. */
  readonly speech: string;
  /** First to last word. */
  readonly speechMs: number;
  /** From the button to the answered hello, when the turn had to connect. */
  readonly helloMs?: number;
  /** How often it tried to connect; absent when it was connected. */
  readonly connectTries?: number;

  /** After the end of real speech (the clip's last loud sample, not the last packet). */
  readonly sttMs?: number;
  readonly ttsStartMs?: number;
  readonly firstPacketMs?: number;
  /** The first sample is heard. */
  readonly firstSoundMs?: number;
  /** First sound after the end of speech as it was *due*: what the person who came in time waited for. */
  readonly firstSoundFromDueMs?: number;
  readonly ttsStopMs?: number;

  readonly packets: number;
  /** Sound in those packets, by the frame duration that was declared. */
  readonly replyMs: number;
  /** Holes that were heard: where (milliseconds of sound heard before it) and how long. */
  readonly underruns: readonly { readonly afterMs: number; readonly ms: number }[];
  /** Smallest amount of sound in the device when a packet arrived, from the eleventh on (until then the server gets ahead). Negative: so long silent. */
  readonly minLeadMs?: number;
  readonly minSpacingMs?: number;
  /** Packets lost because the decode queue was full. */
  readonly overflows: number;
  /** Packets lost because the device was not speaking, or could not decode them. */
  readonly lostPackets: number;
  /** The reply was heard from its beginning to its end: no packet lost, a sound behind every sentence, `tts stop` came. */
  readonly complete: boolean;
  readonly sentences: number;
  /** Text of the first `sentence_start`, by which the bench finds the request to its language model. */
  readonly firstSentence?: string;
  readonly silentSentences: number;
  /** The person interrupted. `packetsAfter` counts until `tts stop`. */
  readonly abort?: {
    readonly by: 'click' | 'wake';
    readonly afterMs: number;
    readonly packetsAfter: number;
    readonly stopMs?: number;
  };
  /** The server said that it is too busy (an `alert`), or something else it had to say so. */
  readonly alerts?: readonly string[];
  /** What the server understood, against what was said. Absent where the text is not known. */
  readonly words?: { readonly said: number; readonly errors: number };
  readonly violations?: readonly { readonly kind: ViolationKind; readonly detail: string }[];
  /** Longest standstill of the fleet itself (30 ms and more) while the reply was awaited or heard: what is wrong then may be its own fault. */
  readonly standstillMs?: number;
}

/** What one device went through, apart from its turns. */
export interface FleetDevice {
  readonly device: number;
  readonly deviceId: string;
  readonly queuePackets: number;
  readonly framing: number;
  /** Answer of the OTA address, pairing included. */
  readonly otaMs?: number;
  /** First connection. */
  readonly helloMs?: number;
  readonly connections: number;
  /** Connections that the server, or the network, ended. */
  readonly lostConnections: number;
  readonly turns: number;
  readonly complete: number;
  /** Counted turns a minute. */
  readonly turnsPerMinute: number;
  readonly medianFirstSoundMs?: number;
  /** Replies that nobody asked for (`silent`, `noisy`): `tts start` outside of a turn. */
  readonly unasked: number;
  /** Why it never took part. */
  readonly error?: string;
  /** Outside of turns: OTA, hello. */
  readonly violations?: readonly { readonly kind: ViolationKind; readonly detail: string }[];
}

/** One second of the run, all devices together. */
export interface FleetSecond {
  /** Seconds since the run began. */
  readonly atS: number;
  readonly connected: number;
  /** A person speaks. */
  readonly talking: number;
  /** From the first word to the last sound: a turn is under way. */
  readonly activeTurns: number;
  /** Devices that have heard the end of speech and nothing yet: they wait. */
  readonly waiting: number;
  /** A reply is being heard. */
  readonly playing: number;
  /** Sound in the device when a packet arrived (the first ten of a reply excluded), over the devices that got one in this second: its minimum and the median of their minima. */
  readonly leadMinMs?: number;
  readonly leadMedianMs?: number;
  readonly underruns: number;
  readonly overflows: number;
  /** Turns that ended well, and that did not. */
  readonly completed: number;
  readonly failed: number;
  /** Worst delay of the fleet's own event loops. */
  readonly loopDelayMaxMs: number;
}

/** What the fleet itself needed, and whether that was too much. */
export interface FleetOwn {
  readonly workers: number;
  /** Cores that the fleet used on average in the counted part, all threads. */
  readonly cpuCores: number;
  readonly rssBytes: number;
  /** Uplink packets against their moment on the device's clock. */
  readonly sendLateness: Summary;
  readonly loopDelayP99Ms: number;
  /** Busiest worker, 0 to 1. */
  readonly loopUtilisation: number;
  readonly longestStandstillMs: number;
  /** Turns with underruns, lost packets or violations in which the fleet itself stood still for longer than its limit; they count all the same. */
  readonly doubtfulTurns: number;
}

/** Why nothing may be said of the server. */
export interface InvalidReason {
  readonly what:
    | 'send_lateness'
    | 'loop_delay'
    | 'loop_utilisation'
    | 'standstill'
    | 'worker_failed'
    | 'interrupted'
    | 'not_restarted';
  /** Milliseconds, or a part from 0 to 1; absent where nothing was measured. */
  readonly measured?: number;
  readonly limit?: number;
  /** In English, for a log. */
  readonly detail: string;
}

/** A service target and what was measured. */
export interface TargetVerdict {
  readonly target: 'first_sound_p95' | 'underruns' | 'failed_turns' | 'word_errors';
  /** Of `first_sound_p95`: the 95th percentile from 200 turns on, the worst turn below. */
  readonly measured?: number;
  readonly bound: number;
  /** Undefined: cannot be said, there were too few turns. Of few turns, it holds when it does for the worst. */
  readonly holds?: boolean;
}

/** Everything over the turns that count. */
export interface FleetTotals {
  readonly turns: number;
  readonly complete: number;
  readonly outcomes: Readonly<Partial<Record<FleetOutcome, number>>>;
  /** Later than {@link FleetTurn.dueAt} by more than 250 ms. */
  readonly lateTurns: number;
  readonly notStarted: number;
  readonly rejected: number;
  readonly underruns: number;
  readonly underrunMs: number;
  readonly overflows: number;
  readonly lostPackets: number;
  readonly packetsAfterAbort: number;
  readonly aborts: number;
  readonly stuck: number;
  readonly unasked: number;
  readonly violations: Readonly<Partial<Record<ViolationKind, number>>>;
  /** Undefined: nothing was said whose text is known. */
  readonly words?: { readonly said: number; readonly errors: number; readonly rate: number };
  readonly otaMs: Summary;
  readonly helloMs: Summary;
  readonly sttMs: Summary;
  readonly ttsStartMs: Summary;
  readonly firstPacketMs: Summary;
  readonly firstSoundMs: Summary;
  readonly firstSoundFromDueMs: Summary;
  readonly lateMs: Summary;
  readonly replyMs: Summary;
  readonly minLeadMs: Summary;
  readonly stopAfterAbortMs: Summary;
  /** Jain's index of the devices' median latency: 1 when all are served alike, 1/n when one gets it all. */
  readonly fairness?: number;
  /** Turns a minute and device, as planned and as they were. */
  readonly turnsPerMinute: { readonly planned: number; readonly actual: number };
}

/** JSON-serialisable. */
export interface FleetResult {
  readonly version: typeof FLEET_RESULT_VERSION;
  /** As run, without the secret. */
  readonly options: Omit<FleetOptions, 'localToken'>;
  /** Wall clock. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** False: the fleet was the bottleneck (or was interrupted), nothing may be said of the server. `reasons` say why. */
  readonly valid: boolean;
  readonly reasons: readonly InvalidReason[];
  /** Every target holds. Undefined where that cannot be said: invalid, or too few turns. */
  readonly holds?: boolean;
  readonly targets: readonly TargetVerdict[];
  readonly totals: FleetTotals;
  readonly own: FleetOwn;
  readonly seconds: readonly FleetSecond[];
  readonly devices: readonly FleetDevice[];
  readonly turns: readonly FleetTurn[];
  /** Moments worth a mark in a plot. */
  readonly marks: readonly {
    readonly atS: number;
    readonly what: 'counted_from' | 'storm' | 'restart' | 'restarted' | 'planned_end';
  }[];
}

/** While it runs, once a second. */
export interface FleetProgress {
  readonly elapsedMs: number;
  /** When the last turn may begin. */
  readonly untilMs: number;
  readonly second: FleetSecond;
  readonly turns: number;
  readonly failed: number;
  readonly underruns: number;
  /** Over what has been counted so far; `few` below 200 turns. */
  readonly firstSoundMs: Summary;
}

/** What `runFleet(options, context)` is given beside its options. */
export interface FleetContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: FleetProgress) => void;
  /** Scenario `reconnect`: restarts the server and resolves when it is ready again. */
  readonly restart?: () => Promise<void>;
}
