import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doctorFor } from '../../../test/fakes/doctor-context.js';
import { growthCheck } from './checks/growth.js';
import { memoryReports, reportFiles } from './reports.js';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-reports-'));
  await mkdir(join(dataDir, 'reports'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const DAY_MS = 86_400_000;
/** The file's name has day `day` of November 2026, and `startedAt` the next day. The memory is of the main process. */
async function report(kind: 'daily' | 'performance', day: number, megabytes: number): Promise<void> {
  const text = {
    format: 'chorus-monitor',
    startedAt: new Date(Date.UTC(2026, 10, 1) + day * DAY_MS).toISOString(),
    figures: { machine: { processes: [{ name: 'main', memoryMaxBytes: megabytes * 2 ** 20 }] } },
    observation: { server: { pid: 7 } },
  };
  await writeFile(
    join(dataDir, 'reports', `${kind}_report_202611${String(day).padStart(2, '0')}_040000.json`),
    JSON.stringify(text),
  );
}
const growth = async (): Promise<readonly string[]> =>
  (await growthCheck.run(await doctorFor({ dataDir }))).map(({ severity }) => severity);

it('lists the reports of the daily upkeep and of people by time, newest last', async () => {
  await report('performance', 3, 1);
  await report('daily', 1, 1);
  await report('daily', 4, 1);
  await writeFile(join(dataDir, 'reports', 'daily_report_20261102_040000.html'), '');
  await writeFile(join(dataDir, 'reports', 'other_report_20261102_040000.json'), '{}');
  const names = async (most: number): Promise<readonly string[]> =>
    (await reportFiles(dataDir, most)).map((path) => basename(path).slice(0, -'_040000.json'.length));
  expect(await names(10)).toEqual(['daily_report_20261101', 'performance_report_20261103', 'daily_report_20261104']);
  expect(await names(2)).toEqual(['performance_report_20261103', 'daily_report_20261104']);
  expect((await memoryReports(dataDir, 'daily')).map(({ startedAtMs }) => new Date(startedAtMs).getUTCDate())).toEqual([
    2, 5,
  ]);
});

it('warns if memory rises from one daily report to the next, and ignores a load test in between', async () => {
  for (const [day, megabytes] of [
    [1, 300],
    [2, 302],
    [3, 299],
  ] as const)
    await report('daily', day, megabytes);
  await report('performance', 4, 700);
  const calm = await growth();
  for (const [day, megabytes] of [
    [5, 400],
    [6, 500],
    [7, 620],
  ] as const)
    await report('daily', day, megabytes);
  expect([calm, await growth()]).toEqual([['ok'], ['warning']]);
});
