import type { ListenMode, ListeningEvent } from '../../speech/listening/listening-port.js';
import type { TimerName, TurnEffect, TurnEvent } from './events.js';
import { mayClose, onDrain, onDrainTimer } from './close/draining.js';
import { onAskEarly, silentMs } from './end/end-of-turn.js';
import {
  askOutstanding,
  cancelPrepared,
  closeListening,
  commit,
  discard,
  dropOrphan,
  initialSilenceMs,
  listenAgain,
  onPreparationFailed,
  openListening,
  pieceOf,
} from './utterance/listening.js';
import { noteSaid } from './addressee/addressee.js';
import { onNotice, sayNotices } from './notices/notices.js';
import {
  resume,
  onBargeIn,
  onInterruptionTimer,
  onMoreOverAnswer,
  onPauseOverAnswer,
  onSpeechSoFar,
  onWordsBeforeAnswer,
} from './interruption/interruption.js';
import {
  onFiller,
  onPart,
  onPartsEnded,
  onPartsFailed,
  onSpeaking,
  onStalled,
  onTail,
  sayPhrase,
  speakNotices,
} from './reply.js';
import { notePause } from './record/notes.js';
import { onRepairTimer, takeVoice } from './reply/opening.js';
import { onPartial, onPauseAfterPartial } from './end/partial.js';
import type { TurnRules } from './rules.js';
import { type OpenListening, type Piece, type Reply, Step, type TurnState } from './state.js';
import { closeSession, interrupt } from './reply/stopping.js';
import { forgetTyped, onDetect, onTyped } from './utterance/typed.js';
import {
  abandonUtterance,
  failUtterance,
  onAdmissionTimeout,
  onAdmitted,
  onLost,
  onJudged,
  onUnavailable,
  onUtteranceEnded,
  waitForAdmission,
} from './utterance.js';
import { closeWire, deviceListens, sendStop } from './reply/wire.js';

export interface Reduction {
  readonly state: TurnState;
  /** Effects, in the order in which they are carried out. */
  readonly effects: readonly TurnEffect[];
}

/** Every decision of a conversation. Pure; the table is in docs/lifecycle.md. */
export function reduce(rules: TurnRules, state: TurnState, event: TurnEvent, nowMs: number): Reduction {
  if (state.closed) return { state, effects: [] };
  const step = new Step(state, nowMs, rules);
  handle(step, event);
  noteSaid(step, state.reply);
  settle(step);
  noteSaid(step, state.reply);
  return { state: step.state, effects: step.effects };
}

function handle(step: Step, event: TurnEvent): void {
  switch (event.type) {
    case 'opened':
      step.startTimer('idle', step.rules.idleFarewellMs);
      break;
    case 'listen_start':
      onListenStart(step, event.mode);
      break;
    case 'listen_stop':
      onListenStop(step);
      break;
    case 'detect':
      onDetect(step, event.text ?? '');
      break;
    case 'abort':
      onAbort(step);
      break;
    case 'closed':
      abandonUtterance(step);
      closeSession(step, 'device');
      break;
    case 'drain':
      onDrain(step);
      break;
    case 'notice':
      onNotice(step, event.notice);
      break;
    case 'heard':
      onHeard(step, event.event);
      break;
    case 'partial':
      onPartial(step, event);
      break;
    case 'recognised':
    case 'recognition_failed':
    case 'prosody':
      onJudged(step, event);
      break;
    case 'admitted':
      onAdmitted(step);
      break;
    case 'not_admitted':
      if (step.state.permit === 'waiting') step.set({ permit: 'none' });
      onAdmissionTimeout(step);
      break;
    case 'preparation_failed':
      onPreparationFailed(step, event.preparedId);
      break;
    case 'part':
    case 'parts_ended':
    case 'parts_failed':
    case 'speaking':
      if (step.state.reply?.id === event.replyId) onReplyEvent(step, step.state.reply, event);
      break;
    case 'timer':
      onTimer(step, event.name);
      break;
  }
}

/** Handles an event of the current reply; events of a finished reply have no effect. */
function onReplyEvent(step: Step, reply: Reply, event: Extract<TurnEvent, { readonly replyId: number }>): void {
  switch (event.type) {
    case 'part':
      onPart(step, reply, event.part);
      break;
    case 'parts_ended':
      onPartsEnded(step, reply);
      break;
    case 'parts_failed':
      onPartsFailed(step, reply, event.code);
      break;
    case 'speaking':
      onSpeaking(step, reply, event.event);
      break;
  }
}

/** The device now listens, whatever its last known state: recognition and speech in progress end. */
function onListenStart(step: Step, mode: ListenMode): void {
  const { wakePending, farewellSaid, reply } = step.state;
  // After an idle farewell a device returns to listening by itself, without its user.
  const byItself = farewellSaid && mode !== 'manual' && !wakePending && reply === undefined;
  if (!byItself) noteActivity(step);
  forgetTyped(step);
  deviceListens(step);
  interrupt(step, 'interrupted');
  abandonUtterance(step);
  step.set({ mode, everListened: true, wakePending: false });
  // A person who holds the button is about to speak and needs no greeting.
  if (step.state.draining === 'no') openListening(step, mode, wakePending && mode !== 'manual');
}

function onListenStop(step: Step): void {
  const { listening } = step.state;
  if (listening === undefined || listening.finishing) return;
  step.set({ listening: { ...listening, finishing: true } });
  step.emit({ type: 'finish_listening', turnId: listening.turnId });
  step.startTimer('recognition', step.rules.recognitionGuardMs);
}

/** Stops speaking or thinking. If the stopped reply preceded a hang-up, the session closes. */
function onAbort(step: Step): void {
  forgetTyped(step);
  step.set({ wakePending: false });
  const { reply, utterance } = step.state;
  if (reply === undefined && utterance === undefined) return;
  noteActivity(step);
  interrupt(step, 'interrupted');
  abandonUtterance(step);
  if (reply?.after === 'close') closeSession(step, reply.kind);
  else listenAgain(step);
}

function onHeard(step: Step, event: ListeningEvent): void {
  const { listening } = step.state;
  if (listening === undefined || listening.turnId !== event.turnId) return;
  switch (event.type) {
    case 'speech_started':
      onSpeech(step, listening, event.atMs);
      onWordsBeforeAnswer(step);
      break;
    case 'barge_in':
      onSpeech(step, listening, event.atMs);
      onBargeIn(step);
      break;
    case 'still_silent':
      if (listening.wake && event.atMs >= step.rules.wakeWaitMs && step.state.reply === undefined)
        greet(step, listening);
      break;
    case 'piece': {
      const others = listening.pieces.filter((piece) => piece.index !== event.index);
      discard(
        step,
        listening.pieces.filter((piece) => piece.index === event.index),
      );
      step.set({
        listening: {
          ...listening,
          speaking: true,
          wake: false,
          pieces: [...others, pieceOf(event, step.nowMs)].sort((a, b) => a.index - b.index),
        },
      });
      onPauseOverAnswer(step);
      onPauseAfterPartial(step);
      askOutstanding(step);
      break;
    }
    case 'speech_so_far':
      onSpeechSoFar(step, listening, event);
      break;
    case 'speech_resumed':
      onMoreOverAnswer(step);
      onResumed(step, listening, event);
      break;
    case 'utterance_ended':
      onUtteranceEnded(step, event);
      break;
    case 'lost':
      if (event.unavailable) onUnavailable(step, event.silent ?? false);
      else onLost(step, 'engine.crashed');
      break;
    // Only the recogniser uses this event.
    case 'audio':
      break;
  }
}

/** Speech began: a greeting is no longer needed. A prepared answer continues until the new words are known. */
function onSpeech(step: Step, listening: OpenListening, atMs: number): void {
  const onsetMs = listening.onsetMs ?? Math.min(step.nowMs, listening.openedMs + atMs);
  step.set({ listening: { ...listening, speaking: true, wake: false, onsetMs } });
  if (step.state.reply?.kind === 'greeting') interrupt(step, 'interrupted', { flush: true });
}

function onResumed(step: Step, listening: OpenListening, { commits }: { readonly commits?: number }): void {
  cancelPrepared(step);
  step.cancelTimer('ask_early');
  const last = listening.pieces.at(-1);
  // Only a longer pause than the words allow tells how long this person pauses within a sentence.
  const roomMs = listening.adapted ? listening.endMs : initialSilenceMs(step);
  if (last !== undefined && silentMs(step, last) > roomMs) notePause(step, silentMs(step, last));
  const stays = (piece: Piece): boolean => piece.committed || piece.index === commits;
  discard(
    step,
    listening.pieces.filter((piece) => !stays(piece)),
  );
  const pieces = listening.pieces.filter(stays).map((piece) => (piece.committed ? piece : commit(step, piece)));
  step.set({ listening: { ...listening, adapted: false, free: false, pieces, partial: undefined } });
  askOutstanding(step);
  if (listening.adapted)
    step.emit({
      type: 'require_silence',
      turnId: listening.turnId,
      silenceMs: initialSilenceMs(step),
    });
}

function greet(step: Step, listening: OpenListening): void {
  step.set({ listening: { ...listening, wake: false } });
  if (speakNotices(step)) return;
  if (step.rules.greeting) sayPhrase(step, { kind: 'greeting', after: 'listen' }, step.phrase('greeting'));
}

function onTimer(step: Step, name: TimerName): void {
  if (!step.state.timers.has(name)) return;
  step.forgetTimer(name);
  switch (name) {
    case 'idle':
      onIdleTimer(step);
      break;
    case 'admission':
      onAdmissionTimeout(step);
      break;
    case 'interruption':
      onInterruptionTimer(step);
      break;
    case 'ask_early':
      onAskEarly(step);
      break;
    case 'recognition':
      if (step.state.utterance !== undefined) failUtterance(step, 'asr.timeout');
      else onLost(step, 'asr.timeout');
      break;
    case 'repair':
      onRepairTimer(step);
      break;
    case 'filler':
      onFiller(step);
      break;
    case 'tail':
      onTail(step);
      break;
    case 'stop_gap':
      sendStop(step);
      break;
    case 'typed':
      onTyped(step);
      break;
    case 'stalled':
      onStalled(step);
      break;
    case 'notice':
      break; // `settle` looks again.
    case 'drain':
      onDrainTimer(step);
      break;
  }
}

/** Invariants restored after every event. */
function settle(step: Step): void {
  if (!step.state.closed && mayClose(step)) closeSession(step, 'draining');
  dropOrphan(step);
  if (step.state.closed) {
    discard(step, step.state.utterance?.pieces ?? []);
    if (step.state.permit !== 'none') step.emit({ type: 'release_admission', turnedAway: false });
    step.set({ permit: 'none', utterance: undefined });
    return;
  }
  sayNotices(step);
  // Once the microphone is closed, nobody can continue, so a waiting answer may begin.
  if (step.state.listening === undefined) takeVoice(step);
  // A pending stop must not remain after its reply.
  if (step.state.reply === undefined) closeWire(step);
  const { reply, utterance, listening, permit } = step.state;
  // Nobody speaks any more: speech over a held answer was only a sound.
  if (utterance === undefined && listening?.speaking !== true) resume(step);
  const talking =
    utterance !== undefined ||
    listening?.speaking === true ||
    (reply?.kind === 'answer' && !reply.finishing && (reply.conversing || !reply.plays));
  if (talking && permit === 'none') {
    step.set({ permit: 'waiting' });
    step.emit({ type: 'request_admission', lastTurnEndedMs: step.state.lastTurnEndedMs });
    if (utterance !== undefined) waitForAdmission(step, utterance.trace);
  } else if (!talking && permit !== 'none') {
    step.set({ permit: 'none' });
    step.emit({ type: 'release_admission', turnedAway: permit === 'waiting' && reply?.kind === 'busy' });
  }
}

/** Delay of the idle farewell or close for sounds that become no turn. */
const PUT_OFF_MS = 10_000;
/** Most such delays in a row: a noisy room is not a conversation. */
const PUT_OFF_TIMES = 6;

/** Notes a sign that the user is present. */
export function noteActivity(step: Step): void {
  step.set({ quietSinceMs: step.nowMs, farewellSaid: false, putOff: 0 });
}

/**
 * The idle timer always runs and checks what is due: the farewell, later the close. The firmware closes a channel after
 * 120 s without data, and each of our messages counts. So if the user only makes sounds that become no turn, an emotion
 * is sent instead of an answer.
 */
export function onIdleTimer(step: Step): void {
  const { state, rules } = step;
  const dueMs = state.quietSinceMs + (state.farewellSaid ? rules.idleCloseMs : rules.idleFarewellMs) - step.nowMs;
  if (dueMs > 0 || state.reply !== undefined) {
    step.startTimer('idle', dueMs > 0 ? dueMs : PUT_OFF_MS);
    return;
  }
  const sounds = state.utterance !== undefined || state.listening?.speaking === true;
  if (sounds && state.putOff < PUT_OFF_TIMES) {
    step.set({ putOff: state.putOff + 1 });
    step.send({ type: 'llm', emotion: 'neutral' });
    step.startTimer('idle', PUT_OFF_MS);
    return;
  }
  if (state.farewellSaid) {
    closeSession(step, 'idle');
    return;
  }
  step.set({ farewellSaid: true });
  step.startTimer('idle', state.quietSinceMs + rules.idleCloseMs - step.nowMs);
  // A device that never listened has no user to say goodbye to.
  if (!state.everListened) return;
  abandonUtterance(step);
  closeListening(step);
  sayPhrase(step, { kind: 'idle_farewell', after: 'listen' }, step.phrase('farewell'));
}
