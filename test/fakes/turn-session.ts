import type { ReplyPart } from '../../src/conversation/dialogue/conversation-port.js';
import type { EndedTurn, SpeakingEvent, TurnEffect, TurnEvent } from '../../src/conversation/turn/events.js';
import { reduce } from '../../src/conversation/turn/reduce.js';
import type { TurnRules } from '../../src/conversation/turn/rules.js';
import { initialState } from '../../src/conversation/turn/state.js';
import { heard, pcm, RULES, STATS } from './turn-events.js';

function speechOf(turnId: number): readonly TurnEvent[] {
  return [
    heard({ type: 'speech_started', turnId, atMs: 300 }),
    heard({ type: 'piece', turnId, index: 0, revision: 0, pcm, startMs: 0, endMs: 900, committed: false }),
  ];
}

function endOf(turnId: number): TurnEvent {
  const times = { speechEndMs: 900, decidedMs: 1500 };
  return heard({ type: 'utterance_ended', turnId, pieces: 1, lastRevision: 0, reason: 'silence', ...times });
}

/** A session that gets one event per second. Its decisions are recorded. */
export function session(rules: Partial<TurnRules> = {}) {
  let nowMs = 0;
  const effects: TurnEffect[] = [];
  let { state } = reduce({ ...RULES, ...rules }, initialState(0), { type: 'opened' }, 0);
  const on = (...events: readonly TurnEvent[]): number => {
    for (const event of events) {
      nowMs += 1000;
      const result = reduce({ ...RULES, ...rules }, state, event, nowMs);
      state = result.state;
      effects.push(...result.effects);
    }
    return nowMs;
  };
  const ofType = <T extends TurnEffect['type']>(type: T): Extract<TurnEffect, { type: T }>[] =>
    effects.filter((effect): effect is Extract<TurnEffect, { type: T }> => effect.type === type);
  const turnId = (): number => ofType('begin_listening').at(-1)?.turn.turnId ?? 0;
  const replyId = (): number => state.lastReplyId;
  const part = (one: ReplyPart): TurnEvent => ({ type: 'part', replyId: replyId(), part: one });
  const speaking = (event: SpeakingEvent): TurnEvent => ({ type: 'speaking', replyId: replyId(), event });
  return {
    on,
    ofType,
    part,
    speaking,
    listen: () => on({ type: 'listen_start', mode: 'auto' }),
    /** A person speaks and stops, and the turn asks for admission. */
    speak: () => {
      on(...speechOf(turnId()));
      return on(endOf(turnId()));
    },
    recognise: (text: string) =>
      on({
        type: 'recognised',
        requestId: ofType('recognise').at(-1)?.requestId ?? 0,
        recognition: { text, asr: 'm', waitMs: 1, runMs: 2, punctuationMeansEnd: true },
      }),
    say: (text: string) => on(part({ type: 'speech', text }), speaking({ type: 'first_packet', atMs: 0 })),
    finish: () => on(speaking({ type: 'finished', stats: STATS })),
    ended: () => on({ type: 'parts_ended', replyId: replyId() }),
    said: () => ofType('say').map((effect) => effect.text),
    /** The messages of one type that were sent to the device. */
    sent: (type: 'llm' | 'tts') => ofType('send').flatMap(({ message }) => (message.type === type ? [message] : [])),
    timers: () => state.timers,
    state: () => state,
    /** When the previous turn ended, as given in each admission request. */
    asked: () => ofType('request_admission').map(({ lastTurnEndedMs }) => lastTurnEndedMs),
    turnedAway: () => ofType('release_admission').map(({ turnedAway }) => turnedAway),
    records: (): (EndedTurn | undefined)[] => [
      ...ofType('turn_ended').map(({ record }) => record),
      ...ofType('stop_reply').map(({ record }) => record),
    ],
  };
}

/** A session that is giving its first answer. */
export function answering(rules: Partial<TurnRules> = {}) {
  const one = session(rules);
  one.listen();
  one.speak();
  one.on({ type: 'admitted' });
  const askedMs = one.recognise('hello');
  return { ...one, askedMs };
}
