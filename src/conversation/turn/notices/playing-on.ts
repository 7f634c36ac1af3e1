import { asksSomething } from '../addressee/addressee.js';
import { openReply } from '../reply/opening.js';
import { musicWaits } from './paused-music.js';
import type { Reply, Step } from '../state.js';

/** Returns false if no music is paused, or if the server is about to stop. */
export function playOn(step: Step): boolean {
  const { pausedMusic, draining } = step.state;
  if (pausedMusic === undefined || draining !== 'no') return false;
  const { sounds } = pausedMusic;
  step.set({ pausedMusic: undefined });
  const replyId = openReply(step, { kind: 'music', after: 'listen' });
  step.setReply({ plays: sounds });
  step.emit({ type: 'play', replyId, sounds });
  return true;
}

/** The music waits if the user is expected to speak. Returns true if the music continues. */
export function playOnAfter(step: Step, { kind, sounded }: Reply): boolean {
  const asks = kind === 'answer' && asksSomething(sounded.at(-1) ?? '');
  if (kind === 'greeting' || asks) musicWaits(step);
  // The user's request has been answered, so the music continues at once.
  else if (kind === 'answer') return playOn(step);
  const { pausedMusic } = step.state;
  return pausedMusic !== undefined && pausedMusic.notBeforeMs <= step.nowMs && playOn(step);
}
