import { totalmem } from 'node:os';
import { MB } from '../../../core/index.js';
import {
  createProcessReader,
  openCgroup,
  readHardware,
  readMemory,
  type ReadText,
} from '../../../platform/machine/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { memoryNeed, neededModels } from '../needs.js';
import { memoryWords } from '../words/memory.js';

export interface MemoryFacts {
  /** Memory that the server needs with its models and conversations. */
  readonly needBytes: number;
  readonly models: readonly string[];
  /** Memory of the machine, or the smaller limit of a container. */
  readonly mayUseBytes: number;
  readonly limited: boolean;
  readonly availableBytes: number;
  readonly serverRuns: boolean;
  /** Memory of the server's control group, without page cache that can be dropped. */
  readonly workingSetBytes: number | undefined;
  readonly swappedBytes: number;
}

/** Factor for longer utterances, for the phrase cache, and for a second model while models are exchanged. */
const COMFORT = 1.25;
const NEAR = 0.9;
const SWAPPED_BYTES = 50 * MB;

const KNOWN = issues('memory', memoryWords.issues, {
  limit_small: 'fault',
  tight: 'warning',
  others: 'fault',
  near_limit: 'warning',
  swapped: 'warning',
});

export function judgeMemory(facts: MemoryFacts): readonly Finding[] {
  const { needBytes, models, mayUseBytes, limited, availableBytes, serverRuns, workingSetBytes, swappedBytes } = facts;
  const findings: Finding[] = [];
  const need = memoryWords.needs(limited, inMb(mayUseBytes), inMb(needBytes), models);
  if (mayUseBytes < needBytes) findings.push(found(KNOWN.limit_small, need));
  else if (mayUseBytes < needBytes * COMFORT) findings.push(found(KNOWN.tight, need));
  else if (!serverRuns && availableBytes < needBytes)
    findings.push(found(KNOWN.others, memoryWords.available(inMb(availableBytes), inMb(needBytes))));
  if (limited && workingSetBytes !== undefined && workingSetBytes > NEAR * mayUseBytes)
    findings.push(found(KNOWN.near_limit, memoryWords.inUse(inMb(workingSetBytes), inMb(mayUseBytes))));
  if (swappedBytes > SWAPPED_BYTES) findings.push(found(KNOWN.swapped, memoryWords.swapped(inMb(swappedBytes))));
  return orOk(findings, 'memory', need);
}

const inMb = (bytes: number): number => Math.round(bytes / MB);

async function memoryFacts({
  config,
  models: inspected,
  readText,
  server,
  clock,
}: DoctorContext): Promise<MemoryFacts> {
  const installed = new Set(
    (await inspected()).filter(({ state }) => state === 'installed').map(({ model }) => model.id),
  );
  const models = neededModels(config, ({ id }) => installed.has(id)).map(({ model }) => model);
  const { totalBytes, availableBytes } = readMemory(readText);
  const machineBytes = Math.max(totalBytes, 1);
  const { memoryBytes } = readHardware(readText, { cores: 1, memoryBytes: machineBytes });
  const processes = server === undefined ? [] : await createProcessReader({ clock, readText }).read([server.pid]);
  return {
    needBytes: memoryNeed(config, models),
    models: models.map(({ id }) => id),
    mayUseBytes: memoryBytes,
    limited: memoryBytes < machineBytes,
    availableBytes: Math.min(availableBytes, totalmem()),
    serverRuns: server !== undefined,
    workingSetBytes: server === undefined ? undefined : openCgroup(server.pid, readText)?.read().workingSetBytes,
    swappedBytes: processes.reduce((sum, { pid }) => sum + swapOf(pid, readText), 0),
  };
}

function swapOf(pid: number, readText: ReadText): number {
  return Number(/^VmSwap:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
}

export const memoryCheck: Check = {
  id: 'memory',
  about: memoryWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeMemory(await memoryFacts(context)),
};
