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

/** Call it when nearly all of a sentence was sent. If the connection is lost earlier, the notice is spoken again. */
export function noticeSent(step: Step, sentence: number): void {
  const sounding = step.state.reply?.sounding;
  if (sounding !== undefined && sentence >= sounding.lastSentence) noticeWasHeard(step);
}

/**
 * Call it when the notice in progress was sent or interrupted. Both count as heard, because the person then knows of
 * it.
 */
export function noticeWasHeard(step: Step): void {
  const sounding = step.state.reply?.sounding;
  if (sounding === undefined) return;
  step.setReply({ sounding: undefined });
  step.emit({ type: 'notice_over', id: sounding.id, spoken: true });
}

/**
 * Call it when the reply is over. If the reply has failed, the notice in progress was not spoken. Only the ring of an
 * alarm, which needs no synthesis, may have been heard.
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
