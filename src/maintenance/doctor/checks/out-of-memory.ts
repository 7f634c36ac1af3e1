import { type MemoryEvents, readMemoryEvents } from '../../../platform/machine/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { outOfMemoryWords } from '../words/out-of-memory.js';

const KNOWN = issues('oom', outOfMemoryWords.issues, { killed: 'fault', kernel: 'warning', pressed: 'note' });

export interface KernelKill {
  readonly process: string;
  readonly line: string;
}

/** Finds log lines about killed processes with a name that Node.js or Chorus uses. */
export function kernelKills(log: string): readonly KernelKill[] {
  return log.split('\n').flatMap((line): KernelKill[] => {
    const process = /(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process \d+ \(([^)]+)\)/i.exec(
      line,
    )?.[1];
    return process !== undefined && /^(node|MainThread|chorus)/.test(process)
      ? [{ process, line: line.trim().slice(0, 300) }]
      : [];
  });
}

export function judgeOutOfMemory(events: MemoryEvents | undefined, kernelLog: string | undefined): readonly Finding[] {
  const findings: Finding[] = [];
  if (events !== undefined && events.kills > 0)
    findings.push(found(KNOWN.killed, outOfMemoryWords.killed(events.kills, events.folder)));
  const last = kernelKills(kernelLog ?? '').at(-1);
  if (last) findings.push(found(KNOWN.kernel, outOfMemoryWords.kernelLog(last.line)));
  if (findings.length === 0 && events !== undefined && events.limitMet > 0)
    findings.push(found(KNOWN.pressed, outOfMemoryWords.limitMet(events.limitMet, events.folder)));
  return orOk(findings, 'oom', outOfMemoryWords.none);
}

export const outOfMemoryCheck: Check = {
  id: 'oom',
  about: outOfMemoryWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ server, readText, kernelLog }) =>
    judgeOutOfMemory(readMemoryEvents(server?.pid ?? 'self', readText), await kernelLog()),
};
