import { createProcessReader, openFilesLimit, openFilesNeeded } from '../../../platform/machine/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { openFilesWords } from '../words/open-files.js';

export interface OpenFilesFacts {
  /** Soft limit of the server, or hard limit of this process if no server runs. Infinity means unlimited. */
  readonly limit: number;
  readonly used: number | undefined;
  readonly maxConnections: number;
}

const LEAST = 1024;
const NEAR = 0.8;

const KNOWN = issues('files', openFilesWords.issues, { limit: 'warning', used: 'fault' });

export function judgeOpenFiles({ limit, used, maxConnections }: OpenFilesFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const needed = openFilesNeeded(maxConnections);
  if (limit < needed) {
    const what = openFilesWords.tooLow(limit, needed, maxConnections);
    findings.push(found(KNOWN.limit, what, limit < LEAST ? { severity: 'fault' } : {}));
  }
  if (used !== undefined && used > NEAR * limit) findings.push(found(KNOWN.used, openFilesWords.used(used, limit)));
  return orOk(findings, 'files', openFilesWords.limit(limit));
}

async function openFilesFacts({ readText, server, clock, config }: DoctorContext): Promise<OpenFilesFacts | undefined> {
  const known = openFilesLimit(readText, server?.pid);
  if (known === undefined) return undefined;
  const processes = server === undefined ? [] : await createProcessReader({ clock, readText }).read([server.pid]);
  return {
    limit: server === undefined ? known.hard : known.soft,
    used: processes[0]?.openFiles,
    maxConnections: config.server.max_connections,
  };
}

export const openFilesCheck: Check = {
  id: 'files',
  about: openFilesWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run(context) {
    const facts = await openFilesFacts(context);
    return facts === undefined ? [] : judgeOpenFiles(facts);
  },
};
