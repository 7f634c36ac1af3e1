import { stat, statfs } from 'node:fs/promises';
import { DAY_MS, MB } from '../../../core/index.js';
import { findLeftovers } from '../../upkeep/leftovers.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { diskWords } from '../words/disk.js';

export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  readonly ageMs: number;
}

export interface DiskFacts {
  readonly folder: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Both numbers are 0 if the file system has no fixed number of inodes. */
  readonly freeInodes: number;
  readonly totalInodes: number;
  readonly leftovers: readonly Leftover[];
}

/** The database, the logs and a backup need this much room. */
const FULL_BYTES = 100 * MB;
/** Room for one more model, such as SenseVoice, whose 239 MB are stored packed and unpacked. */
const LOW_BYTES = 1000 * MB;
const INODES_LEAST = 1000;
/** A younger file may belong to a download in progress. */
const STALE_MS = DAY_MS;

const KNOWN = issues('disk', diskWords.issues, {
  full: 'fault',
  low: 'warning',
  inodes: 'fault',
  leftovers: { severity: 'warning', fixable: true },
});

export function judgeDisk({
  folder,
  freeBytes,
  totalBytes,
  freeInodes,
  totalInodes,
  leftovers,
}: DiskFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const free = diskWords.free(inMb(freeBytes), inMb(totalBytes), folder);
  if (freeBytes < FULL_BYTES) findings.push(found(KNOWN.full, free));
  else if (freeBytes < LOW_BYTES) findings.push(found(KNOWN.low, free));
  if (totalInodes > 0 && freeInodes < INODES_LEAST)
    findings.push(found(KNOWN.inodes, diskWords.inodes(freeInodes, totalInodes)));
  for (const { path, bytes, ageMs } of leftovers) {
    if (ageMs < STALE_MS) continue;
    const days = Math.floor(ageMs / STALE_MS);
    findings.push(
      found(KNOWN.leftovers, diskWords.leftover(path, inMb(bytes), days), { fix: { type: 'remove', path } }),
    );
  }
  return orOk(findings, 'disk', free);
}

const inMb = (bytes: number): number => Math.round(bytes / MB);

export async function diskFacts(folder: string, wallMs: number): Promise<DiskFacts> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(folder);
  const leftovers = await findLeftovers({
    dataDir: folder,
    temporaryDir: undefined,
    olderThanMs: STALE_MS,
    wallMs,
    uid: undefined,
  });
  return {
    folder,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeInodes: ffree,
    totalInodes: files,
    leftovers: leftovers.map(({ path, bytes, changedMs }) => ({ path, bytes, ageMs: wallMs - changedMs })),
  };
}

export const diskCheck: Check = {
  id: 'disk',
  about: diskWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, clock }) {
    if ((await stat(dataDir).catch(() => undefined))?.isDirectory() !== true) return [];
    return judgeDisk(await diskFacts(dataDir, clock.wallMs()));
  },
};
