import type { Notice } from '../events.js';
import type { Step } from '../state.js';

/** Call it when a sentence of the reply begins to sound: a notice that begins with it counts as spoken. */
export function noticeSounds(step: Step, sentence: number): void {
  const notice = step.state.reply?.notices.get(sentence);
  if (notice === undefined) return;
  take(step, sentence, notice, true);
  if (notice.recording) step.setReply({ played: [...(step.state.reply?.played ?? []), ...notice.chunks] });
}

/** Call it when the reply is over: notices that have not begun to sound were not spoken. */
export function unspoken(step: Step): void {
  for (const [sentence, notice] of step.state.reply?.notices ?? []) take(step, sentence, notice, false);
}

function take(step: Step, sentence: number, { id }: Notice, spoken: boolean): void {
  const left = new Map(step.state.reply?.notices);
  left.delete(sentence);
  step.setReply({ notices: left });
  step.emit({ type: 'notice_over', id, spoken });
}
