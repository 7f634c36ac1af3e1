import { HOUR_MS, MB } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { type MemoryReport, memoryReports } from '../reports.js';
import { growthWords } from '../words/growth.js';

const REPORTS_LEAST = 3;
const SPAN_LEAST_MS = 6 * HOUR_MS;
const GROWTH_LEAST = 1.2;
const GROWTH_LEAST_BYTES = 64 * MB;
/** Memory that falls below this share of the previous report no longer counts as rising. */
const DIP = 0.97;

const KNOWN = issues('growth', growthWords.issues, { memory: 'warning' });

/** Judges only the reports of the latest server process, because a new process starts from zero. */
export function judgeGrowth(reports: readonly MemoryReport[]): readonly Finding[] {
  const latest = reports.findLast(({ pid }) => pid !== undefined);
  const same = reports.filter(({ pid }) => pid !== undefined && pid === latest?.pid);
  const [first, last] = [same[0], same.at(-1)];
  if (!first || !last || same.length < REPORTS_LEAST || last.startedAtMs - first.startedAtMs < SPAN_LEAST_MS)
    return orOk([], 'growth', growthWords.tooFew);
  const hours = Math.round((last.startedAtMs - first.startedAtMs) / HOUR_MS);
  const findings = last.processes.flatMap(({ name }): Finding[] => {
    const values = same.flatMap(
      ({ processes }) => processes.find((process) => process.name === name)?.memoryMaxBytes ?? [],
    );
    const [from = 0, to = 0] = [values[0], values.at(-1)];
    const rises = values.every((value, i) => value >= DIP * (values[i - 1] ?? value));
    if (values.length < REPORTS_LEAST || !rises || to < from * GROWTH_LEAST || to - from < GROWTH_LEAST_BYTES)
      return [];
    return [
      found(KNOWN.memory, growthWords.grows(name, Math.round(from / MB), Math.round(to / MB), hours, values.length)),
    ];
  });
  return orOk(findings, 'growth', growthWords.flat(same.length));
}

export const growthCheck: Check = {
  id: 'growth',
  about: growthWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ dataDir }) => {
    // Upkeep makes the daily reports at the same hour and without simulated devices, so they are comparable. A report
    // that a person made may include load.
    const daily = await memoryReports(dataDir, 'daily');
    return judgeGrowth(daily.length >= REPORTS_LEAST ? daily : await memoryReports(dataDir, 'performance'));
  },
};
