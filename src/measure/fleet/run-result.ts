import { z } from 'zod';
import type { Clock } from '../../core/index.js';
import type { Summary } from '../statistics.js';
import type { FleetOptions } from './run-options.js';
import type { ViolationKind } from './violation.js';

/** Increases when a field of {@link FleetResult} changes its meaning. */
export const FLEET_RESULT_VERSION = 1;

const count = z.int().min(0);
/** Missing if the event did not happen or was not measured. */
const optionalMs = z.number().optional();
const summary = z
  .union([
    z.object({ kind: z.literal('none'), count: z.literal(0) }),
    z.object({ kind: z.literal('few'), count, min: z.number(), median: z.number(), max: z.number() }),
    z.object({
      kind: z.literal('many'),
      count,
      min: z.number(),
      median: z.number(),
      p90: z.number(),
      p95: z.number(),
      p99: z.number(),
      max: z.number(),
    }),
  ])
  .meta({ description: 'Values in a few numbers; percentiles only from 200 values on.' });
const violationKind = z.string() as unknown as z.ZodType<ViolationKind>;
const violations = z.array(z.object({ kind: violationKind, detail: z.string() })).optional();

/**
 * - `answered`: a reply began after the end of speech and ended.
 * - `cut_off`: the reply began before the end of speech, so the server did not hear all of it.
 * - `busy`, `apology`: the reply says that there is no answer.
 * - `not_heard`: the server replied although it had understood nothing.
 * - `no_answer`: nothing within the time limit. `stuck`: a reply began and never ended.
 * - `closed`: the connection was lost during the turn. `refused`: no connection could be made.
 * - `not_started`: the device was busy until a second after the end of the run.
 */
const outcome = z.enum([
  'answered',
  'cut_off',
  'busy',
  'apology',
  'not_heard',
  'no_answer',
  'stuck',
  'closed',
  'refused',
  'not_started',
]);

/** Fields named `At` are milliseconds since the run began. */
const turn = z
  .object({
    /** Number of the device within the run, from 0. */
    device: count,
    turn: count,
    /** True if the turn was due in the warm-up. It is recorded but not counted. */
    warmup: z.boolean(),
    outcome,
    /** Start of the turn that the seed plans. */
    plannedAt: z.number(),
    /**
     * `plannedAt`, or later if the sound of earlier replies was longer than planned. A slow server does not change this
     * time.
     */
    dueAt: z.number().meta({ description: 'When a punctual server would have let it begin, ms since the run began.' }),
    startedAt: optionalMs,
    /** `startedAt - dueAt`. A late turn had to wait for a busy or connecting device. */
    lateMs: optionalMs,
    speech: z.string(),
    /** Time from the first to the last word. */
    speechMs: z.number(),
    /** Time from the button to the server's hello, if the turn had to connect. */
    helloMs: optionalMs,
    /** Number of attempts to connect. Missing if the device was already connected. */
    connectTries: count.optional(),
    /** This field, the next three and `ttsStopMs` count from the clip's last loud sample, not from its last packet. */
    sttMs: optionalMs.meta({ description: 'This and the next ones: ms after the end of real speech.' }),
    ttsStartMs: optionalMs,
    firstPacketMs: optionalMs,
    /** Time at which the first sample is played. */
    firstSoundMs: optionalMs,
    /** First sound after the *planned* end of speech. This is the wait of a person who came on time. */
    firstSoundFromDueMs: optionalMs,
    ttsStopMs: optionalMs,
    packets: count,
    /** Sound in the received packets, by the declared frame duration. */
    replyMs: z.number(),
    /** Audible gaps. `afterMs` is the sound played before the gap, and `ms` is the length of the gap. */
    underruns: z.array(z.object({ afterMs: z.number(), ms: z.number() })),
    /**
     * Least sound in the device when a packet arrived. Negative after silence. The first ten packets do not count,
     * because the lead is still growing.
     */
    minLeadMs: optionalMs,
    minSpacingMs: optionalMs,
    /** Packets lost because the decode queue was full. */
    overflows: count,
    /** Packets lost because the device was not speaking, or could not decode them. */
    lostPackets: count,
    /** True if the whole reply was played. No packet was lost, every sentence had sound, and `tts stop` came. */
    complete: z.boolean(),
    sentences: count,
    silentSentences: count,
    excuse: z.string().optional(),
    /** Text of the first `sentence_start`. The bench matches it with the request to its language model. */
    firstSentence: z.string().optional(),
    /** Present if the person interrupted. `packetsAfter` counts packets until `tts stop`. */
    abort: z
      .object({ by: z.enum(['click', 'wake']), afterMs: z.number(), packetsAfter: count, stopMs: optionalMs })
      .optional(),
    alerts: z.array(z.string()).optional(),
    /** Word errors of the server's transcript. Missing if the spoken text is not known. */
    words: z.object({ said: count, errors: count }).optional(),
    violations,
    /**
     * Longest standstill of the fleet (30 ms or more) during the reply or the wait for it. The fleet may have caused
     * the fault.
     */
    standstillMs: optionalMs,
  })
  .meta({ description: 'One turn of one device, judged from the outside.' });

const device = z.object({
  device: count,
  deviceId: z.string(),
  queuePackets: count,
  framing: count,
  /** Time to the answer of the OTA address, including pairing. */
  otaMs: optionalMs,
  helloMs: optionalMs,
  connections: count,
  /** Connections that the server or the network ended. */
  lostConnections: count,
  turns: count,
  complete: count,
  /** Counted turns with an answer, a minute. */
  turnsPerMinute: z.number(),
  medianFirstSoundMs: optionalMs,
  /** Replies that began although nobody had spoken, for example because the server took noise for speech. */
  unasked: count,
  error: z.string().optional(),
  /** Violations outside of turns, e.g. in OTA and hello. */
  violations,
});

const second = z.object({
  atS: z.number(),
  connected: count,
  talking: count,
  /** Devices with a turn in progress, from the first word to the last sound. */
  activeTurns: count,
  /** Devices for which speech has ended, and nothing has been played yet. */
  waiting: count,
  playing: count,
  /**
   * Sound in a device when a packet arrived, without the first ten packets of a reply. `leadMinMs` is the minimum over
   * all devices in this second, and `leadMedianMs` is the median of the devices' minima.
   */
  leadMinMs: optionalMs,
  leadMedianMs: optionalMs,
  underruns: count,
  overflows: count,
  completed: count,
  failed: count,
  loopDelayMaxMs: z.number(),
});

const own = z.object({
  workers: count,
  /** Mean number of cores in the counted part, over all processes of the fleet. */
  cpuCores: z.number(),
  rssBytes: z.number(),
  sendLateness: summary,
  loopDelayP99Ms: z.number(),
  /** Busy part of the busiest worker's event loop, 0 to 1. */
  loopUtilisation: z.number(),
  longestStandstillMs: z.number(),
  /** Turns that went wrong while the fleet itself stood still beyond its limit. They still count. */
  doubtfulTurns: count,
});

const invalidReason = z.object({
  what: z.enum([
    'send_lateness',
    'loop_delay',
    'loop_utilisation',
    'standstill',
    'worker_failed',
    'interrupted',
    'not_restarted',
  ]),
  /** Milliseconds, or a share from 0 to 1. Missing if nothing was measured. */
  measured: z.number().optional(),
  limit: z.number().optional(),
  /** English text for a log. */
  detail: z.string(),
});

const totals = z.object({
  turns: count,
  complete: count,
  outcomes: z.partialRecord(outcome, count),
  /** Turns that began more than 250 ms after `dueAt`. */
  lateTurns: count,
  notStarted: count,
  rejected: count,
  underruns: count,
  underrunMs: z.number(),
  overflows: count,
  lostPackets: count,
  packetsAfterAbort: count,
  aborts: count,
  stuck: count,
  unasked: count,
  violations: z.partialRecord(z.string(), count) as unknown as z.ZodType<Partial<Record<ViolationKind, number>>>,
  /** Missing if no turn had a known text. */
  words: z.object({ said: count, errors: count, rate: z.number() }).optional(),
  otaMs: summary,
  helloMs: summary,
  sttMs: summary,
  ttsStartMs: summary,
  firstPacketMs: summary,
  firstSoundMs: summary,
  firstSoundFromDueMs: summary,
  lateMs: summary,
  replyMs: summary,
  minLeadMs: summary,
  stopAfterAbortMs: summary,
  /**
   * Jain's index of the devices' median latency: 1 if all are served alike, 1/n if one of n devices gets everything.
   */
  fairness: z.number().optional(),
  /** Turns a minute and device. */
  turnsPerMinute: z.object({ planned: z.number(), actual: z.number() }),
});

export const fleetSchema = z.object({
  version: z.literal(FLEET_RESULT_VERSION),
  /** Options of the run, without the secret. */
  options: z.looseObject({
    devices: count,
    scenario: z.string(),
    seed: z.int(),
    durationMs: z.number(),
    warmupMs: z.number(),
    queues: z.array(z.number()),
    language: z.string(),
  }),
  /** Wall-clock time. */
  startedAt: z.string(),
  elapsedMs: z.number(),
  /** False if the fleet was too slow, failed, or was interrupted. The run then proves nothing about the server. */
  valid: z.boolean(),
  reasons: z.array(invalidReason),
  totals,
  own,
  seconds: z.array(second),
  devices: z.array(device),
  turns: z.array(turn),
  marks: z.array(
    z.object({
      atS: z.number(),
      what: z.enum(['counted_from', 'storm', 'restart', 'restarted', 'planned_end']),
    }),
  ),
});

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

export type FleetOutcome = z.output<typeof outcome>;
export type FleetTurn = Frozen<z.output<typeof turn>>;
export type FleetDevice = Frozen<z.output<typeof device>>;
export type FleetSecond = Frozen<z.output<typeof second>>;
export type FleetOwn = Frozen<z.output<typeof own>>;
export type InvalidReason = Frozen<z.output<typeof invalidReason>>;
export type FleetTotals = Frozen<z.output<typeof totals>>;
export type FleetResult = Frozen<Omit<z.output<typeof fleetSchema>, 'options'>> & {
  readonly options: Omit<FleetOptions, 'localToken'>;
};

/** Reported once a second. */
export interface FleetProgress {
  readonly elapsedMs: number;
  /** Time at which the last turn may begin. */
  readonly untilMs: number;
  readonly second: FleetSecond;
  readonly turns: number;
  readonly failed: number;
  readonly underruns: number;
  /** First sounds of the turns counted so far. The kind is `few` below 200 turns. */
  readonly firstSoundMs: Summary;
}

export interface FleetContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: FleetProgress) => void;
  /** Scenario `reconnect` only. Restarts the server and resolves when the server is ready again. */
  readonly restart?: () => Promise<void>;
}
