import type { Clip } from './clip.js';
import type { FleetOutcome, FleetTurn } from './run-result.js';
import { hundredths } from '../statistics.js';
import type { DeviceTurn } from './device-turn.js';
import { wordErrorRate } from './word-errors.js';

export type TurnPlace = Pick<FleetTurn, 'device' | 'turn' | 'warmup' | 'plannedAt' | 'dueAt' | 'speech' | 'speechMs'> &
  Partial<Pick<FleetTurn, 'helloMs' | 'connectTries' | 'startedAt' | 'standstillMs'>>;

const OUTCOMES: Readonly<Record<DeviceTurn['outcome'], FleetOutcome>> = {
  answered: 'answered',
  cut_off: 'cut_off',
  busy: 'busy',
  apology: 'apology',
  not_heard: 'not_heard',
  no_answer: 'no_answer',
  unfinished: 'stuck',
  closed: 'closed',
};

/** A turn in which nobody could speak, or in which the connection failed. */
export function turnWithout(place: TurnPlace, outcome: FleetOutcome): FleetTurn {
  return {
    ...place,
    outcome,
    packets: 0,
    replyMs: 0,
    underruns: [],
    overflows: 0,
    lostPackets: 0,
    complete: false,
    sentences: 0,
    silentSentences: 0,
  };
}

export interface TurnContext {
  readonly zeroMs: number;
  readonly frameMs: number;
  readonly clip: Clip;
  readonly text: string;
  readonly bargeInBy: 'click' | 'wake' | undefined;
}

export function turnOf(place: TurnPlace, record: DeviceTurn, context: TurnContext): FleetTurn {
  const { timeline, abort } = record;
  const { clip } = context;
  const startedAt = record.speechEndAtMs - clip.speechEndMs - context.zeroMs;
  const lateMs = startedAt - place.dueAt;
  const words = wordErrorRate(context.text, record.heard ?? '');
  const { firstSoundMs } = timeline;
  return {
    ...place,
    outcome: OUTCOMES[record.outcome],
    startedAt: hundredths(startedAt),
    lateMs: hundredths(lateMs),
    ...moments({
      sttMs: timeline.sttMs,
      ttsStartMs: timeline.ttsStartMs,
      firstPacketMs: timeline.firstPacketMs,
      firstSoundMs,
      firstSoundFromDueMs: firstSoundMs === undefined ? undefined : firstSoundMs + lateMs,
      ttsStopMs: timeline.ttsStopMs,
      minLeadMs: record.minLeadMs,
      minSpacingMs: record.minSpacingMs,
    }),
    packets: record.packets,
    replyMs: record.packets * context.frameMs,
    underruns: record.gaps.map(({ afterMs, ms }) => ({ afterMs: hundredths(afterMs), ms: hundredths(ms) })),
    overflows: record.overflows,
    lostPackets: record.lostPackets,
    complete:
      record.outcome === 'answered' &&
      record.packets > 0 &&
      record.overflows === 0 &&
      record.lostPackets === 0 &&
      record.silentSentences === 0,
    sentences: record.sentences.length,
    ...(record.sentences[0] !== undefined && { firstSentence: record.sentences[0].text }),
    silentSentences: record.silentSentences,
    ...(record.excuse !== undefined && { excuse: record.excuse }),
    ...(abort && {
      abort: {
        by: context.bargeInBy ?? 'click',
        afterMs: hundredths(abort.afterMs),
        packetsAfter: abort.packetsAfter,
        ...moments({ stopMs: abort.stopMs }),
      },
    }),
    ...(record.alerts.length > 0 && { alerts: record.alerts }),
    ...(context.text !== '' && { words: { said: words.words, errors: words.errors } }),
    ...(record.violations.length > 0 && {
      violations: record.violations.map(({ kind, detail }) => ({ kind, detail })),
    }),
  };
}

function moments<K extends string>(all: Readonly<Record<K, number | undefined>>): Partial<Record<K, number>> {
  const out: Partial<Record<K, number>> = {};
  for (const key of Object.keys(all) as K[]) {
    const value = all[key];
    if (value !== undefined) out[key] = hundredths(value);
  }
  return out;
}
