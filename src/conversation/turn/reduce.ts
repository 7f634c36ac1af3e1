import type { ListeningEvent, ListenMode } from '../../speech/listening/listening-port.js';
import { mayClose, onDrain, onDrainTimer } from './drain.js';
import { listenAgain, openEar } from './ear.js';
import type { TimerName, TurnEffect, TurnEvent } from './events.js';
import { noteActivity, onIdleTimer } from './idle.js';
import { askOutstanding, commit, discard, pieceOf } from './pieces.js';
import { cancelPrepared, dropOrphan, onPreparationFailed } from './prepared.js';
import {
  closeSession,
  interrupt,
  onFiller,
  onPart,
  onPartsEnded,
  onPartsFailed,
  onSpeaking,
  onStalled,
  onTail,
  sayPhrase,
} from './reply.js';
import type { Ear, Piece, Reply, TurnRules, TurnState } from './state.js';
import { Step } from './step.js';
import {
  abandonUtterance,
  failUtterance,
  onAdmissionTimeout,
  onAdmitted,
  onLost,
  onRecognised,
  onRecognitionFailed,
  onUnavailable,
  onUtteranceEnded,
  waitForLeave,
} from './utterance.js';
import { closeWire, deviceListens, sendStop } from './wire.js';

export interface Reduction {
  readonly state: TurnState;
  /** To be carried out in this order. */
  readonly effects: readonly TurnEffect[];
}

/** Every decision of a conversation. Pure; the table is in docs/lifecycle.md. */
export function reduce(rules: TurnRules, state: TurnState, event: TurnEvent, nowMs: number): Reduction {
  if (state.closed) return { state, effects: [] };
  const step = new Step(state, nowMs, rules);
  handle(step, event);
  settle(step);
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
      step.set({ wakePending: true });
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
    case 'heard':
      onHeard(step, event.event);
      break;
    case 'recognised':
      onRecognised(step, event.requestId, event.recognition);
      break;
    case 'recognition_failed':
      onRecognitionFailed(step, event.requestId, event.code, event.percent);
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
      ifCurrent(step, event.replyId, (reply) => onPart(step, reply, event.part));
      break;
    case 'parts_ended':
      ifCurrent(step, event.replyId, (reply) => onPartsEnded(step, reply));
      break;
    case 'parts_failed':
      ifCurrent(step, event.replyId, (reply) => onPartsFailed(step, reply, event.code));
      break;
    case 'speaking':
      ifCurrent(step, event.replyId, (reply) => onSpeaking(step, reply, event.event));
      break;
    case 'timer':
      onTimer(step, event.name);
      break;
  }
}

/** Nothing of a dead reply has any effect. */
function ifCurrent(step: Step, replyId: number, then: (reply: Reply) => void): void {
  const { reply } = step.state;
  if (reply?.id === replyId) then(reply);
}

/** The device listens, whatever we thought it did: what was being recognised or said is over. */
function onListenStart(step: Step, mode: ListenMode): void {
  const { wakePending, farewellSaid, reply } = step.state;
  // After an idle farewell a device returns to listening by itself; nobody has touched it.
  const byItself = farewellSaid && mode !== 'manual' && !wakePending && reply === undefined;
  if (!byItself) noteActivity(step);
  deviceListens(step);
  interrupt(step, 'interrupted');
  abandonUtterance(step);
  step.set({ mode, everListened: true, wakePending: false });
  if (step.state.draining === 'no') openEar(step, mode, wakePending);
}

function onListenStop(step: Step): void {
  const { ear } = step.state;
  if (ear === undefined || ear.finishing) return;
  step.set({ ear: { ...ear, finishing: true } });
  step.emit({ type: 'finish_listening', turnId: ear.turnId });
  step.startTimer('recognition', step.rules.recognitionGuardMs);
}

/** Stop talking, or stop thinking. What was said before a hang-up is not said again: then we hang up. */
function onAbort(step: Step): void {
  const { reply, utterance } = step.state;
  if (reply === undefined && utterance === undefined) return;
  noteActivity(step);
  interrupt(step, 'interrupted');
  abandonUtterance(step);
  if (reply?.after === 'close') closeSession(step, reply.kind);
  else listenAgain(step);
}

function onHeard(step: Step, event: ListeningEvent): void {
  const { ear } = step.state;
  if (ear === undefined || ear.turnId !== event.turnId) return;
  switch (event.type) {
    case 'speech_started':
      onSpeech(step, ear);
      break;
    case 'barge_in':
      onSpeech(step, ear);
      interrupt(step, 'interrupted', { flush: true });
      break;
    case 'still_silent':
      if (ear.wake && event.atMs >= step.rules.wakeWaitMs && step.state.reply === undefined) greet(step, ear);
      break;
    case 'piece': {
      const others = ear.pieces.filter((piece) => piece.index !== event.index);
      discard(
        step,
        ear.pieces.filter((piece) => piece.index === event.index),
      );
      step.set({
        ear: {
          ...ear,
          speaking: true,
          wake: false,
          pieces: [...others, pieceOf(event)].sort((a, b) => a.index - b.index),
        },
      });
      askOutstanding(step);
      break;
    }
    case 'speech_resumed':
      onResumed(step, ear, event.commits);
      break;
    case 'utterance_ended':
      onUtteranceEnded(step, event);
      break;
    case 'lost':
      if (event.unavailable) onUnavailable(step);
      else onLost(step, 'engine.crashed');
      break;
  }
}

/** Somebody speaks: a greeting has become superfluous. An answer in the making goes on until it is known what was said. */
function onSpeech(step: Step, ear: Ear): void {
  step.set({ ear: { ...ear, speaking: true, wake: false } });
  if (step.state.reply?.kind === 'greeting') interrupt(step, 'interrupted', { flush: true });
}

function onResumed(step: Step, ear: Ear, commits: number | undefined): void {
  cancelPrepared(step);
  const stays = (piece: Piece): boolean => piece.committed || piece.index === commits;
  discard(
    step,
    ear.pieces.filter((piece) => !stays(piece)),
  );
  const pieces = ear.pieces.filter(stays).map((piece) => (piece.committed ? piece : commit(step, piece)));
  step.set({ ear: { ...ear, adapted: false, pieces } });
  askOutstanding(step);
  if (ear.adapted)
    step.emit({
      type: 'require_silence',
      turnId: ear.turnId,
      silenceMs: step.rules.endpoint.initialSilenceMs(step.rules.language),
    });
}

function greet(step: Step, ear: Ear): void {
  step.set({ ear: { ...ear, wake: false } });
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
    case 'recognition':
      if (step.state.utterance !== undefined) failUtterance(step, 'asr.timeout');
      else onLost(step, 'asr.timeout');
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
    case 'stalled':
      onStalled(step);
      break;
    case 'drain':
      onDrainTimer(step);
      break;
  }
}

/** What holds after every event, whatever it was. */
function settle(step: Step): void {
  if (!step.state.closed && mayClose(step)) closeSession(step, 'draining');
  dropOrphan(step);
  if (step.state.closed) {
    discard(step, step.state.utterance?.pieces ?? []);
    if (step.state.permit !== 'none') step.emit({ type: 'release_admission', turnedAway: false });
    step.set({ permit: 'none', utterance: undefined });
    return;
  }
  // Nothing that could still send a stop may be left behind without its reply.
  if (step.state.reply === undefined) closeWire(step);
  const { reply, utterance, ear, permit } = step.state;
  const talking = utterance !== undefined || ear?.speaking === true || (reply?.kind === 'answer' && !reply.finishing);
  if (talking && permit === 'none') {
    step.set({ permit: 'waiting' });
    step.emit({ type: 'request_admission', lastTurnEndedMs: step.state.lastTurnEndedMs });
    if (utterance !== undefined) waitForLeave(step, utterance.trace);
  } else if (!talking && permit !== 'none') {
    step.set({ permit: 'none' });
    step.emit({ type: 'release_admission', turnedAway: permit === 'waiting' && reply?.kind === 'busy' });
  }
}
