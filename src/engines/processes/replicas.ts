import type { SupervisedChild } from './supervisor.js';
import type { CallOptions } from './job.js';
import type { EngineStatus } from '../engine-port.js';

export type EngineProcess = Pick<SupervisedChild, 'start' | 'status' | 'call'>;

/** Spreads jobs over processes, for models that cannot run two jobs at once. The caller limits the number of jobs. */
export function replicated(processes: readonly EngineProcess[]): EngineProcess {
  const [first, ...others] = processes;
  if (first === undefined) throw new RangeError('an engine needs a process');
  if (others.length === 0) return first;
  const busy = new Map<EngineProcess, number>();
  const jobsOf = (one: EngineProcess): number => busy.get(one) ?? 0;
  const isReady = (one: EngineProcess): boolean => one.status().state === 'ready';
  return {
    start: async () => void (await Promise.all(processes.map((one) => one.start()))),
    status: () => statusOf(processes.map((one) => one.status())),
    async call<T>(request: unknown, options: CallOptions): Promise<T> {
      const able = processes.filter(isReady);
      const chosen = (able.length > 0 ? able : processes).reduce((least, one) =>
        jobsOf(one) < jobsOf(least) ? one : least,
      );
      busy.set(chosen, jobsOf(chosen) + 1);
      try {
        return await chosen.call<T>(request, options);
      } finally {
        busy.set(chosen, jobsOf(chosen) - 1);
      }
    },
  };
}

/** Ready while at least one process is ready, because the ready processes then get all jobs. */
function statusOf(statuses: readonly EngineStatus[]): EngineStatus {
  const speaker =
    statuses.find(({ state }) => state === 'ready') ??
    statuses.find(({ reason }) => reason !== undefined) ??
    statuses[0];
  if (speaker === undefined) throw new RangeError('an engine needs a process');
  return { ...speaker, restarts: statuses.reduce((sum, { restarts }) => sum + restarts, 0) };
}
