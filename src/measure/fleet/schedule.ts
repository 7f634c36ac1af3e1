import { normalWithin, seededRandom, uniform, type Random } from '../../core/index.js';
import type { ConversationShape, FleetOptions, Range } from './run-options.js';
import { utteranceNear, type SpeechLibrary, type Utterance } from './speech.js';

/** Moments are milliseconds since the run began. */
export interface PlannedTurn {
  readonly turn: number;
  readonly plannedAt: number;
  readonly utterance: Utterance;
  /** The person interrupts the reply this long after its first sound, and says the next utterance. */
  readonly bargeIn: { readonly by: 'click' | 'wake'; readonly afterMs: number } | undefined;
  /** True if the person hangs up after the reply has been played. */
  readonly hangsUp: boolean;
}

export interface DevicePlan {
  readonly device: number;
  readonly bootAt: number;
  /** Time at which the person presses the button without speaking. Undefined if the first turn connects. */
  readonly connectAt: number | undefined;
  readonly turns: readonly PlannedTurn[];
}

export const STORM_EVERY_MS = 30_000;
const STORM_MS = 1000;
const BOOT_STORM_MS = 100;
const AFTER_BOOT_MS = 10_000;
/** With `beginWithinMs`, a device boots in the first half of the time before it talks. */
const BOOT_BEFORE = 0.5;
/** Time between two visits (`churn`). */
const AWAY: Range = { fromMs: 2000, toMs: 6000 };
/** Time until an interrupted reply has ended on the server and on the device. */
const INTERRUPTED_MS = 1000;

/** Time at which the last turn may begin. */
export function plannedEndMs(options: Pick<FleetOptions, 'warmupMs' | 'durationMs'>): number {
  return options.warmupMs + options.durationMs;
}

/** The plan depends only on the options and their seed, and not on the server. */
export function planDevice(options: FleetOptions, speech: SpeechLibrary, device: number): DevicePlan {
  const random = seededRandom(options.seed, `device ${device}`);
  const { scenario, warmupMs, devices } = options;
  const spread = devices > 1 ? device / (devices - 1) : 0;
  // The devices arrive one after another in the first third of the warm-up, so that no storm is simulated.
  const arrival = {
    bootAt: (warmupMs / 3) * spread,
    connectAt: (warmupMs / 3) * spread + Math.min(500, warmupMs / 10),
  };
  switch (scenario) {
    case 'silent':
      return { device, ...arrival, turns: [] };
    case 'idle': {
      // The boots of many devices are spread over the warm-up, except for the time that the last device needs.
      const bootAt = warmupMs * 0.9 * spread;
      return { device, bootAt, connectAt: bootAt, turns: [] };
    }
    case 'wake-storm':
      return { device, bootAt: arrival.bootAt, connectAt: undefined, turns: stormTurns(options, speech, random) };
    case 'boot-storm': {
      const bootAt = warmupMs + uniform(random, 0, BOOT_STORM_MS);
      const turn = plannedTurn(
        0,
        bootAt + uniform(random, 2000, 2000 + AFTER_BOOT_MS),
        speech.utterances,
        options.conversation,
        random,
      );
      return { device, bootAt, connectAt: bootAt, turns: [{ ...turn, bargeIn: undefined }] };
    }
    case 'churn':
      return {
        device,
        bootAt: arrival.bootAt,
        connectAt: undefined,
        turns: visits(options, speech, random, arrival.connectAt),
      };
    case 'long-talker':
      return { device, ...arrival, turns: conversation(options, speech.long, random, arrival.connectAt) };
    default: {
      const { beginWithinMs } = options;
      if (beginWithinMs === undefined)
        return { device, ...arrival, turns: conversation(options, speech.utterances, random, arrival.connectAt) };
      const beginAt = beginWithinMs * spread;
      const turns = series(options, speech.utterances, random, beginAt, options.conversation.pause);
      return { device, bootAt: beginAt * BOOT_BEFORE, connectAt: undefined, turns };
    }
  }
}

/** Time of a turn with a server that answers on time and a reply of that length. */
export function punctualTurnMs(turn: PlannedTurn, shape: ConversationShape, replyMs: number): number {
  return (
    turn.utterance.clip.speechEndMs +
    shape.answerAllowanceMs +
    (turn.bargeIn ? Math.min(replyMs, turn.bargeIn.afterMs) + INTERRUPTED_MS : replyMs)
  );
}

function conversation(
  options: FleetOptions,
  utterances: readonly Utterance[],
  random: Random,
  connectAt: number,
): PlannedTurn[] {
  const { conversation: shape, warmupMs } = options;
  // A device begins at a random point of a cycle, so that the devices do not talk in step.
  const cycleMs = middle(shape.speech) + shape.answerAllowanceMs + shape.reply.meanMs + middle(shape.pause);
  const earliest = Math.max(connectAt + 1000, warmupMs / 3);
  return series(options, utterances, random, uniform(random, earliest, earliest + cycleMs), shape.pause);
}

function visits(options: FleetOptions, speech: SpeechLibrary, random: Random, from: number): PlannedTurn[] {
  const first = uniform(random, from + 500, from + 500 + AWAY.toMs * 2);
  return series(options, speech.utterances, random, first, AWAY).map((turn) => ({
    ...turn,
    bargeIn: undefined,
    hangsUp: true,
  }));
}

function stormTurns(options: FleetOptions, speech: SpeechLibrary, random: Random): PlannedTurn[] {
  const turns: PlannedTurn[] = [];
  for (let storm = options.warmupMs; storm < plannedEndMs(options); storm += STORM_EVERY_MS) {
    const turn = plannedTurn(
      turns.length,
      storm + uniform(random, 0, STORM_MS),
      speech.utterances,
      options.conversation,
      random,
    );
    turns.push({ ...turn, bargeIn: undefined, hangsUp: true });
  }
  return turns;
}

function series(
  options: FleetOptions,
  utterances: readonly Utterance[],
  random: Random,
  first: number,
  pause: Range,
): PlannedTurn[] {
  const { conversation: shape } = options;
  const turns: PlannedTurn[] = [];
  let plannedAt = first;
  while (plannedAt < plannedEndMs(options)) {
    const turn = plannedTurn(turns.length, plannedAt, utterances, shape, random);
    turns.push(turn);
    const { reply } = shape;
    const replyMs = normalWithin(random, reply.meanMs, reply.deviationMs, reply.fromMs, reply.toMs);
    const pauseMs = uniform(random, pause.fromMs, pause.toMs);
    plannedAt += punctualTurnMs(turn, shape, replyMs) + (turn.bargeIn ? 0 : pauseMs);
  }
  return turns;
}

function plannedTurn(
  turn: number,
  plannedAt: number,
  utterances: readonly Utterance[],
  shape: ConversationShape,
  random: Random,
): PlannedTurn {
  const utterance = utteranceNear(utterances, uniform(random, shape.speech.fromMs, shape.speech.toMs), random);
  // The random numbers are drawn even if they are not needed. Another `bargeInShare` then changes nothing else.
  const interrupts = random() < shape.bargeInShare;
  const by = random() < 0.5 ? 'click' : 'wake';
  const afterMs = uniform(random, shape.bargeInAfter.fromMs, shape.bargeInAfter.toMs);
  return { turn, plannedAt, utterance, bargeIn: interrupts ? { by, afterMs } : undefined, hangsUp: false };
}

function middle(range: Range): number {
  return (range.fromMs + range.toMs) / 2;
}
