import { notePause } from '../record/notes.js';
import { interrupt } from '../reply/stopping.js';
import { BEFORE, knownPiece, type Reply, type Step } from '../state.js';

/** The end of speech may be detected up to this much too early, because the last word fades into the room noise. */
const FADING_MS = 200;

/** True if words that began at `onsetMs` continue the question that this reply answers. */
export function isCutOff({ rules }: Step, { kind, playing, userText, trace }: Reply, onsetMs: number): boolean {
  if (kind !== 'answer' || userText === undefined || trace === undefined) return false;
  return !playing || onsetMs <= trace.endedMs - trace.endpointMs + rules.repairMs + FADING_MS;
}

/** Drops the answer because the person continues. The question becomes the beginning of the utterance in progress. */
export function takeBack(step: Step): void {
  const { reply, listening } = step.state;
  if (listening === undefined || reply?.userText === undefined) return;
  const before = knownPiece(
    listening.turnId,
    BEFORE,
    reply.userText,
    reply.trace?.fields.asr ?? '',
    reply.trace?.heard,
  );
  step.set({ listening: { ...listening, pieces: [before, ...listening.pieces] } });
  dropAnswer(step, reply, listening.onsetMs ?? step.nowMs);
}

/** Drops the answer without a record, because its question continues at `onsetMs`. */
export function dropAnswer(step: Step, { playing, trace }: Reply, onsetMs: number): void {
  if (trace !== undefined) notePause(step, Math.max(0, onsetMs - (trace.endedMs - trace.endpointMs)));
  step.emit({ type: 'count_barge_in', result: 'continued' });
  step.setReply({ trace: undefined });
  interrupt(step, 'interrupted', { keepWire: !playing, remember: false, flush: true });
}
