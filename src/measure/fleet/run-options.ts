import type { Framing } from '../../device/protocol/index.js';

export const SCENARIOS = [
  'steady',
  'wake-storm',
  'boot-storm',
  'churn',
  'slow-links',
  'long-talker',
  'silent',
  'idle',
  'noisy',
  'reconnect',
] as const;

/**
 * Behaviour of the people in front of the devices.
 * - `steady`: one conversation a device, barge-in in a tenth of the turns.
 * - `wake-storm`: everybody presses the button within a second, every 30 s.
 * - `boot-storm`: OTA and connection of all at once, then one turn each.
 * - `churn`: connect, one turn, leave, again and again.
 * - `slow-links`: `steady` through a TCP proxy that stands still for 0 to 400 ms now and then.
 * - `long-talker`: 12 to 20 s of speech without a pause that could be an end.
 * - `silent`: everybody is connected and listening, and nobody speaks. Each device sends silence.
 * - `idle`: everybody is connected and not listening. Push-to-talk was pressed and released.
 * - `noisy`: `steady` with room noise all the time.
 * - `reconnect`: `steady`, and the caller restarts the server in the middle (see `FleetContext.restart`).
 */
export type Scenario = (typeof SCENARIOS)[number];

export function isScenario(name: string): name is Scenario {
  return (SCENARIOS as readonly string[]).includes(name);
}

/** Both ends are included. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A planned conversation. The real length of a reply depends on the server's language model or its stand-in. */
export interface ConversationShape {
  readonly speech: Range;
  /**
   * A normal distribution between `fromMs` and `toMs`. Used only for planning, because the result has the real lengths.
   */
  readonly reply: { readonly meanMs: number; readonly deviationMs: number } & Range;
  readonly pause: Range;
  /** Share of turns whose reply is interrupted, 0 to 1. */
  readonly bargeInShare: number;
  /** Time from the first sound of the reply to the interruption. */
  readonly bargeInAfter: Range;
  /** Planned time from the end of speech to the first sound. With a slower server, turns begin late. */
  readonly answerAllowanceMs: number;
}

/** If a limit is exceeded, the fleet itself was the bottleneck and the run is invalid. */
export interface OwnLimits {
  /** 99th percentile of the lateness of uplink packets. Less than a frame does not change the server's load. */
  readonly sendLatenessP99Ms: number;
  /** 99th percentile of the event loop's delay. Recorded arrival times can be wrong by this much. */
  readonly loopDelayP99Ms: number;
  /** Busy part of a worker's event loop, 0 to 1. */
  readonly loopUtilisation: number;
  /**
   * Longest standstill in a turn with a fault. A reply begins 100 ms after its `tts start`, so a longer standstill can
   * look like the server's fault.
   */
  readonly standstillMs: number;
}

export interface FleetOptions {
  readonly otaUrl: string;
  /** Secret from the data folder of a server on this machine. With it, devices pair without a person. */
  readonly localToken?: string;
  readonly devices: number;
  readonly scenario: Scenario;
  /** Equal seeds give equal plans if the other options are equal, too. */
  readonly seed: number;
  /** Length of the part after the warm-up. Turns in progress at its end are finished. */
  readonly durationMs: number;
  /** Time in which devices boot, connect and begin to talk. Turns in this time are recorded but not counted. */
  readonly warmupMs: number;
  /**
   * In `steady` and scenarios like it, all devices boot, connect and begin to talk within this time. If undefined, they
   * boot in a third of the warm-up, and begin at random points of a conversation's cycle.
   */
  readonly beginWithinMs?: number;
  /** Decode queues of 40, 20 or 5 packets, divided evenly among the devices. The queue decides the firmware version. */
  readonly queues: readonly number[];
  readonly framings: readonly Framing[];
  readonly language: string;
  readonly conversation: ConversationShape;
  readonly ownLimits: OwnLimits;
  /**
   * Number of worker processes. With 0, the devices run in the caller's process. The default is one for every 400
   * devices.
   */
  readonly workers?: number;
  /** Number of the first device. Two fleets on one server must not share devices. */
  readonly firstDevice?: number;
  /** The outcome is `no_answer` if no reply begins within this time after the end of speech. */
  readonly answerTimeoutMs: number;
  /** A turn is stuck if the device plays nothing for this long in a reply that has not ended. */
  readonly stuckAfterMs: number;
}

export const CONVERSATION: ConversationShape = {
  speech: { fromMs: 2000, toMs: 6000 },
  reply: { meanMs: 5000, deviationMs: 2000, fromMs: 1000, toMs: 9000 },
  pause: { fromMs: 1000, toMs: 3000 },
  bargeInShare: 0.1,
  bargeInAfter: { fromMs: 500, toMs: 2500 },
  answerAllowanceMs: 1500,
};

export const FLEET_DEFAULTS = {
  scenario: 'steady',
  seed: 1,
  warmupMs: 15_000,
  queues: [40],
  framings: [1, 2, 3],
  language: 'en-US',
  conversation: CONVERSATION,
  ownLimits: { sendLatenessP99Ms: 50, loopDelayP99Ms: 50, loopUtilisation: 0.9, standstillMs: 100 },
  answerTimeoutMs: 30_000,
  stuckAfterMs: 10_000,
} as const satisfies Partial<FleetOptions>;

/** Completes `options` with {@link FLEET_DEFAULTS}. */
export function fleetOptions(
  options: Partial<FleetOptions> & Pick<FleetOptions, 'otaUrl' | 'devices' | 'durationMs'>,
): FleetOptions {
  return { ...FLEET_DEFAULTS, ...options };
}
