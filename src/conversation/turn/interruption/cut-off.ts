import { notePause } from '../record/notes.js';
import { interrupt } from '../reply/stopping.js';
import { BEFORE, knownPiece, type Reply, type Step } from '../state.js';

/** The end of speech may be detected this much too early, because the last word fades into the room noise. */
const FADING_MS = 200;

/** True if words that began at `onsetMs` continue the question that this reply answers. */
export function isCutOff({ rules }: Step, { kind, playing, userText, trace }: Reply, onsetMs: number): boolean {
  if (kind !== 'answer' || userText === undefined || trace === undefined) return false;
  return !playing || onsetMs <= trace.endedMs - trace.endpointMs + rules.repairMs + FADING_MS;
}

/** The person continues. The question becomes the beginning of the new utterance. */
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

/** The question continues at `onsetMs`, so the answer gets no record. */
export function dropAnswer(step: Step, { playing, trace }: Reply, onsetMs: number): void {
  if (trace !== undefined) notePause(step, Math.max(0, onsetMs - (trace.endedMs - trace.endpointMs)));
  step.emit({ type: 'count_barge_in', result: 'continued' });
  step.setReply({ trace: undefined });
  interrupt(step, 'interrupted', { keepWire: !playing, remember: false, flush: true });
}
