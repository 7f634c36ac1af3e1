import type { Summary } from '../fleet/index.js';
import type { Text } from '../report/index.js';

export const FEWER_AT_ONCE: Text = { en: 'Lower `max_concurrent_sessions`: fewer devices talk at once, and those that do are served well.', zh: '降低 `max_concurrent_sessions`：同时对话的设备少一些，每台都流畅。' };

/** The value that the worst were at: the 95th percentile where there is one. */
export function worstOf(summary: Summary | undefined): number | undefined {
  if (!summary || summary.kind === 'none') return undefined;
  return summary.kind === 'many' ? summary.p95 : summary.max;
}
