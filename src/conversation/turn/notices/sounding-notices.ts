import type { Step } from '../state.js';

/** Call it when a sentence of the reply begins to sound. */
export function noticeSounds(step: Step, sentence: number): void {
  const { reply } = step.state;
  const notice = reply?.notices.get(sentence);
  if (reply === undefined || notice === undefined) return;
  noticeWasHeard(step);
  const notices = new Map(reply.notices);
  notices.delete(sentence);
  step.setReply({
    notices,
    sounding: { id: notice.id, lastSentence: sentence + notice.chunks.length - 1 },
    ...(notice.recording && { played: [...reply.played, ...notice.chunks] }),
  });
}

/**
 * Call it when nearly all of a sentence was sent. If it is the last sentence of a notice, the notice counts as spoken
 * from then on. A notice that is cut off earlier, by a lost connection or a killed server, is spoken again from its
 * beginning.
 */
export function noticeSent(step: Step, sentence: number): void {
  const sounding = step.state.reply?.sounding;
  if (sounding !== undefined && sentence >= sounding.lastSentence) noticeWasHeard(step);
}

/**
 * Call it when a person has interrupted the notice that is being spoken. The person knows of the notice, so it counts
 * as heard.
 */
export function noticeWasHeard(step: Step): void {
  const sounding = step.state.reply?.sounding;
  if (sounding === undefined) return;
  step.setReply({ sounding: undefined });
  step.emit({ type: 'notice_over', id: sounding.id, spoken: true });
}

/**
 * Call it when the reply is over. Notices that have not begun were not spoken. If the reply has failed, the notice in
 * progress was not spoken either: only the ring of an alarm may have been heard, which needs no synthesis, and not its
 * words.
 */
export function unspoken(step: Step): void {
  if (step.state.reply?.error === undefined) noticeWasHeard(step);
  const { reply } = step.state;
  if (reply === undefined) return;
  const left = [...(reply.sounding ? [reply.sounding] : []), ...reply.notices.values()];
  if (left.length === 0) return;
  step.setReply({ sounding: undefined, notices: new Map() });
  for (const { id } of left) step.emit({ type: 'notice_over', id, spoken: false });
}
