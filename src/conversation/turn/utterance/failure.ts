import type { ErrorCode } from '../../../core/index.js';
import { percentNote } from '../../session/phrases.js';
import { isUnaddressed } from '../addressee/addressee.js';
import { endedTurn, noted, type TurnTrace } from '../record/turn-trace.js';
import { apologyFor, sayPhrase } from '../reply.js';
import { closeSession } from '../reply/stopping.js';
import { BEFORE, heardIn, type Step, type Utterance } from '../state.js';
import { closeListening, listenAgain, openListening } from './listening.js';
import { discard } from './pieces.js';

/** Call it if the text of the utterance will not come. */
export function failUtterance(step: Step, code: ErrorCode, percent?: number): void {
  const { utterance } = step.state;
  if (utterance === undefined) return;
  const before = utterance.pieces.filter(({ index }) => index === BEFORE);
  dropUtterance(step);
  if (before.length > 0) {
    // The earlier words were understood, so they are answered.
    step.set({ utterance: { ...utterance, pieces: before } });
    return;
  }
  if (passOver(step, utterance)) return;
  // An answer to earlier words may be in progress, which is more useful than an apology.
  if (step.state.reply !== undefined) {
    step.emit({ type: 'turn_ended', record: endedTurn(utterance.trace, 'failed', code), stats: undefined });
    return;
  }
  apologise(step, code, utterance.trace, percent);
}

export function apologise(step: Step, code: ErrorCode, trace: TurnTrace | undefined, percent?: number): void {
  const shownAfter = percent === undefined ? undefined : percentNote(step.rules.language, percent);
  sayPhrase(
    step,
    { kind: 'apology', after: 'listen', error: code, trace, shownAfter },
    step.phrase(apologyFor(code, 'internal')),
  );
}

export function dropUtterance(step: Step): void {
  const { utterance } = step.state;
  if (utterance === undefined) return;
  discard(step, utterance.pieces);
  step.cancelTimer('recognition');
  step.cancelTimer('admission');
  step.set({ utterance: undefined });
}

/**
 * Ends the utterance without a reply if the device waits only for a notice and was not called by its name. Returns
 * false if somebody may have spoken to the device.
 */
export function passOver(step: Step, { pieces, trace }: Utterance): boolean {
  if (trace.mode === 'manual' || !isUnaddressed(step, pieces)) return false;
  dropUtterance(step);
  const record = endedTurn(noted({ ...trace, heard: [] }, { overheard: 'unaddressed' }), 'empty');
  step.emit({ type: 'count_overheard', reason: 'unaddressed' });
  step.emit({ type: 'turn_ended', record, stats: undefined });
  if (step.state.reply === undefined) listenAgain(step);
  return true;
}

/** Like {@link dropUtterance}, with a record of the ended turn. */
export function abandonUtterance(step: Step): void {
  const { utterance } = step.state;
  if (utterance === undefined) return;
  dropUtterance(step);
  step.emit({ type: 'turn_ended', record: endedTurn(utterance.trace, 'abandoned'), stats: undefined });
}

/**
 * Call it if no process can listen now or soon. The server hangs up instead of pretending to listen. Earlier words are
 * still answered. `silent` means that nobody spoke, so there is no apology. It would sound from all devices of a house
 * at once.
 */
export function onUnavailable(step: Step, silent: boolean): void {
  const { listening, utterance, reply } = step.state;
  if (listening === undefined) return;
  closeListening(step);
  if (utterance !== undefined || reply !== undefined) return;
  if (silent && !listening.speaking && !listening.finishing) {
    closeSession(step, 'unavailable');
    return;
  }
  sayPhrase(
    step,
    { kind: 'apology', after: 'close', error: 'engine.failed' },
    step.phrase(apologyFor('engine.failed', 'internal')),
  );
}

/** The listening process has lost the utterance, or has never reported its end. */
export function onLost(step: Step, code: ErrorCode): void {
  const { listening, reply } = step.state;
  if (listening === undefined) return;
  const meant = (listening.speaking || listening.finishing) && !isUnaddressed(step, listening.pieces);
  const before = listening.pieces.filter(({ index }) => index === BEFORE);
  closeListening(step);
  if (before.length > 0 && step.state.permit === 'held') {
    const trace: TurnTrace = { mode: listening.mode, endedMs: step.nowMs, endpointMs: 0, freePauseMs: 0, fields: {} };
    step.set({ utterance: { pieces: before, trace: { ...trace, heard: heardIn(before) } } });
    listenAgain(step);
    return;
  }
  if (meant && reply === undefined && step.state.utterance === undefined) apologise(step, code, undefined);
  else if (listening.mode === 'manual' && !listening.finishing) openListening(step, 'manual');
  else listenAgain(step);
}
