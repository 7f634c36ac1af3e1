import type { AdmissionControl } from './admission.js';
import type { LoadControl } from './load-control.js';
import type { SlotPoolControl } from './slots.js';

export function isIdle(admission: AdmissionControl): boolean {
  const { conversations, waiting } = admission.view();
  return conversations + waiting === 0;
}

/**
 * True if no job waits, the machine is not strained, and at most this share of the possible conversations is in
 * progress. Without `load`, only waiting jobs count.
 */
export function isBelow(
  share: number,
  slots: SlotPoolControl,
  admission: AdmissionControl,
  load: LoadControl | undefined,
): boolean {
  if (slots.view().waiting > 0) return false;
  if (!load) return true;
  const { strained, conversations } = load.view();
  return !strained && admission.view().conversations <= Math.max(1, share * conversations);
}
