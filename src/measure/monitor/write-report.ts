import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, writeError } from '../../config/index.js';
import { renderHtml } from '../report/index.js';
import { documentOf } from './document.js';
import type { MonitorFindings } from './findings.js';
import { reportOf } from './result.js';

export interface WrittenReport {
  readonly json: string;
  readonly page: string;
  readonly data: string;
}

export interface ReportPlace {
  readonly folder: string;
  readonly name: string;
  readonly command: string;
  readonly producer: string;
}

/** Errors: `data.disk_full`, `data.not_writable`. */
export async function writeReport(
  findings: MonitorFindings,
  { folder, name, command, producer }: ReportPlace,
): Promise<WrittenReport> {
  const json = JSON.stringify(reportOf(findings, command, producer), null, 1);
  const base = join(folder, name);
  const [page, data] = [`${base}.html`, `${base}.json`];
  try {
    await mkdir(folder, { recursive: true });
    await replaceFile(data, `${json}\n`);
    await replaceFile(page, renderHtml(documentOf(findings, command, producer)));
  } catch (error) {
    throw writeError(base, error);
  }
  return { json, page, data };
}
