import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const reportSchema = z.object({
  format: z.literal('chorus-monitor'),
  startedAt: z.string(),
  figures: z.object({
    machine: z.object({ processes: z.array(z.object({ name: z.string(), memoryMaxBytes: z.number() })) }).optional(),
  }),
  observation: z.object({ server: z.object({ pid: z.number().optional() }) }),
});

/** Memory of the server's processes in a report of `chorus monitor`. */
export interface MemoryReport {
  readonly startedAtMs: number;
  /** Undefined if the processes were not watched. */
  readonly pid: number | undefined;
  readonly processes: readonly { readonly name: string; readonly memoryMaxBytes: number }[];
}

/** An hour of samples of a large fleet is smaller, so a larger file is not one of our reports. */
const REPORT_MAX_BYTES = 50_000_000;
const REPORTS_MAX = 30;

/** The server's upkeep makes `daily` reports. A person makes `performance` reports. */
export type ReportKind = 'daily' | 'performance';

const NAME = /^(daily|performance)_report_(\d{8}_\d{6})\.json$/;

/** The `most` newest reports, sorted from old to new. Without `kind`, the list has reports of both kinds. */
export async function reportFiles(dataDir: string, most: number, kind?: ReportKind): Promise<readonly string[]> {
  const folder = join(dataDir, 'reports');
  const found: { readonly name: string; readonly stamp: string }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const [, by, stamp] = NAME.exec(name) ?? [];
    if (stamp !== undefined && (kind === undefined || kind === by)) found.push({ name, stamp });
  }
  return found
    .toSorted((a, b) => (a.stamp < b.stamp ? -1 : 1))
    .slice(-most)
    .map(({ name }) => join(folder, name));
}

export async function memoryReports(dataDir: string, kind: ReportKind): Promise<readonly MemoryReport[]> {
  const reports: MemoryReport[] = [];
  for (const path of await reportFiles(dataDir, REPORTS_MAX, kind)) {
    const report = reportSchema.safeParse(await readJson(path));
    if (!report.success) continue;
    const { startedAt, figures, observation } = report.data;
    reports.push({
      startedAtMs: Date.parse(startedAt),
      pid: observation.server.pid,
      processes: figures.machine?.processes ?? [],
    });
  }
  return reports;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return (await stat(path)).size > REPORT_MAX_BYTES
      ? undefined
      : (JSON.parse(await readFile(path, 'utf8')) as unknown);
  } catch {
    return undefined; // The file was removed meanwhile, or is damaged. The schema rejects undefined.
  }
}
