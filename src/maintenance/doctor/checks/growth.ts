import { both, HOUR_MS } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { type MemoryReport, memoryReports } from '../reports.js';

const MB = 2 ** 20;
const REPORTS_LEAST = 3;
const SPAN_LEAST_MS = 6 * HOUR_MS;
const GROWTH_LEAST = 1.2;
const GROWTH_LEAST_BYTES = 64 * MB;
/** A reading below this share of the one before ends a rise. */
const DIP = 0.97;

const KNOWN = issues('growth', {
  memory: {
    severity: 'warning',
    title: both('The memory of the server grows from report to report.', '服务器的内存一份报告比一份报告高。'),
    cause: both(
      'More devices or another model, or something that is not given back.',
      '设备多了、换了模型，或有内存没有释放。',
    ),
    remedy: both(
      'If neither devices nor models became more, send a bundle (`chorus doctor --bundle FILE`); ' +
        'until then restart it with `chorus drain`, which cuts nobody off.',
      '如果设备和模型都没有增加，请附上 `chorus doctor --bundle 文件` 报告；在那之前可用 `chorus drain` 重启，不会打断任何人。',
    ),
  },
});

/** Uses the reports of the latest server only, because a new process starts from zero. Pure. */
export function judgeGrowth(reports: readonly MemoryReport[]): readonly Finding[] {
  const latest = reports.findLast(({ pid }) => pid !== undefined);
  const same = reports.filter(({ pid }) => pid !== undefined && pid === latest?.pid);
  const [first, last] = [same[0], same.at(-1)];
  if (!first || !last || same.length < REPORTS_LEAST || last.startedAtMs - first.startedAtMs < SPAN_LEAST_MS)
    return orOk([], 'growth', both('not enough reports of one server yet', '同一服务器的报告还不够'));
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
      found(
        KNOWN.memory,
        both(
          `\`${name}\`: ${Math.round(from / MB)} to ${Math.round(to / MB)} MB within ` +
            `${hours} h (${values.length} reports).`,
          `\`${name}\`：${hours} 小时内从 ${Math.round(from / MB)} 到 ${Math.round(to / MB)} MB（${values.length} 份报告）。`,
        ),
      ),
    ];
  });
  return orOk(findings, 'growth', both(`flat over ${same.length} reports`, `${same.length} 份报告中保持平稳`));
}

export const growthCheck: Check = {
  id: 'growth',
  about: both(
    'Memory of the server over the reports of `chorus monitor` in the data folder',
    '数据文件夹里 `chorus monitor` 各份报告中的服务器内存',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ dataDir }) => {
    // Reports of the daily upkeep are comparable: they are made at the same hour, without simulated devices. A report
    // that a person made may include load, so the two kinds are not mixed.
    const daily = await memoryReports(dataDir, 'daily');
    return judgeGrowth(daily.length >= REPORTS_LEAST ? daily : await memoryReports(dataDir, 'performance'));
  },
};
