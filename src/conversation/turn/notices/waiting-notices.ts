import type { Notice } from '../events.js';
import type { Step } from '../state.js';

export function dropExpired(step: Step): void {
  endWaiting(step, ({ expiresMs = Infinity }) => expiresMs <= step.nowMs, false);
}

/** Call it when somebody speaks to the device or uses it. */
export function stopRinging(step: Step): void {
  endWaiting(step, ({ again }) => again === true, true);
}

function endWaiting(step: Step, isOver: (notice: Notice) => boolean, spoken: boolean): void {
  const { notices } = step.state;
  const over = notices.filter(isOver);
  if (over.length === 0) return;
  step.set({ notices: notices.filter((notice) => !over.includes(notice)) });
  for (const { id } of over) step.emit({ type: 'notice_over', id, spoken });
}
