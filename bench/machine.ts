import { systemClock } from '../src/core/index.js';
import { createSampler, type ProcessSample } from '../src/machine/index.js';

export { describeMachine, type MachineDescription as Machine } from '../src/machine/index.js';

/** A process and all its descendants, with the proportional set size of each: shared pages count once in the sum. */
export async function processTree(rootPid: number): Promise<readonly ProcessSample[]> {
  return (await createSampler({ rootPid, clock: systemClock }).sample()).processes;
}

/** Seconds of CPU (user and system) that a process and its living descendants have used. */
export async function processTreeCpuSeconds(rootPid: number): Promise<number> {
  return (await createSampler({ rootPid, clock: systemClock, pssEveryMs: false }).sample()).processCpuSeconds;
}
