import { cpus } from 'node:os';
import { sleep, type Clock, type Logger, type Metrics } from '../core/index.js';
import { createSampler, type MachineSample } from '../platform/machine/index.js';
import type { AdmissionControl } from './admission.js';
import type { CapacityChoice } from './choice.js';
import type { LateJobs } from './lateness.js';
import type { LoadControl, LoadSample, LoadView } from './load-control.js';

export interface LoadWatchOptions {
  readonly load: LoadControl;
  readonly admission: AdmissionControl;
  readonly supply: Pick<CapacityChoice, 'supplyCores' | 'supplyBytes'>;
  /** Total time since the start for which jobs have occupied slots, in ms. */
  readonly heldMs: () => number;
  readonly lateJobs: () => LateJobs;
  /** True while our CPU use does not come from conversations, but from a self-test or starting engines. */
  readonly disturbed: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A sample costs about 1 ms. One good sample ends strain, so strain ends within 2 s. */
const LOOK_EVERY_MS = 2000;
/**
 * A new limit is logged once it was stable for this many samples. Each change therefore takes one line, not one per
 * step.
 */
const STEADY_LOOKS = 5;

/**
 * Measures the machine and tells admission how many conversations fit. Runs until the signal is aborted, then rejects
 * with its reason.
 */
export async function watchLoad(options: LoadWatchOptions, signal: AbortSignal): Promise<void> {
  const { load, admission, supply, clock, metrics, log } = options;
  const sampler = createSampler({ rootPid: process.pid, pssEveryMs: false, clock });
  const ceilingLog = new CeilingLog(log, load.view().conversations);
  let before = {
    sample: await sampler.sample(),
    conversations: 0,
    active: 0,
    heldMs: options.heldMs(),
    lateJobs: options.lateJobs(),
    disturbed: true,
  };
  for (;;) {
    await sleep(clock, LOOK_EVERY_MS, signal);
    const now = {
      sample: await sampler.sample(),
      ...admission.view(),
      heldMs: options.heldMs(),
      lateJobs: options.lateJobs(),
      disturbed: options.disturbed(),
    };
    const view = load.look({
      ...seen(before.sample, now.sample, supply.supplyCores),
      conversations: (before.conversations + now.conversations) / 2,
      active: (before.active + now.active) / 2,
      slotsHeld: (now.heldMs - before.heldMs) / Math.max(1, now.sample.atMs - before.sample.atMs),
      lateShare: now.lateJobs.share,
      newlyLate: now.lateJobs.total - before.lateJobs.total,
      disturbed: before.disturbed || now.disturbed,
    });
    before = now;
    admission.setRoom(view);
    metrics.gauge('chorus_conversations', now.conversations);
    reportLoad(view, metrics);
    ceilingLog.look(view, now.conversations);
  }
}

export function seen(
  before: MachineSample,
  now: MachineSample,
  supplyCores: number,
  machineCores = cpus().length,
): Omit<LoadSample, 'conversations' | 'active' | 'slotsHeld' | 'lateShare' | 'newlyLate' | 'disturbed'> {
  const intervalMs = Math.max(1, now.atMs - before.atMs);
  const ownCores = Math.max(0, (now.processCpuSeconds - before.processCpuSeconds) / (intervalMs / 1000));
  const othersOnMachine = Math.max(0, (now.cpuShare ?? 0) * machineCores - ownCores);
  // Programs in our control group use up our quota. Other programs count only if they leave less than our quota.
  const othersInGroup = now.cgroup?.cpuQuota === undefined ? 0 : Math.max(0, (now.cgroupCores ?? 0) - ownCores);
  const { cgroup, memory } = now;
  const limitLeft =
    cgroup?.memoryLimitBytes === undefined || cgroup.workingSetBytes === undefined
      ? Infinity
      : Math.max(0, cgroup.memoryLimitBytes - cgroup.workingSetBytes);
  return {
    intervalMs,
    ownCores,
    otherCores: Math.max(othersInGroup, othersOnMachine - (machineCores - supplyCores), 0),
    ownBytes: now.processMemoryBytes,
    availableBytes: Math.min(memory.availableBytes, limitLeft),
    busy: now.cpuShare,
    pressure: waited(before, now, intervalMs),
    throttled: part(cgroup?.throttledPeriods, before.cgroup?.throttledPeriods, cgroup?.periods, before.cgroup?.periods),
  };
}

/** Seconds for which tasks waited for a core. Measured for the control group if the kernel reports it. */
function stalled({ cgroup, pressure }: MachineSample): number | undefined {
  return (cgroup?.cpuPressure ?? pressure.cpu)?.some.totalSeconds;
}

function waited(before: MachineSample, now: MachineSample, intervalMs: number): number | undefined {
  const [from, to] = [stalled(before), stalled(now)];
  return from === undefined || to === undefined
    ? undefined
    : Math.min(1, Math.max(0, (to - from) / (intervalMs / 1000)));
}

function part(
  some: number | undefined,
  someBefore: number | undefined,
  all: number | undefined,
  allBefore: number | undefined,
): number | undefined {
  if (
    some === undefined ||
    someBefore === undefined ||
    all === undefined ||
    allBefore === undefined ||
    all <= allBefore
  )
    return undefined;
  return (some - someBefore) / (all - allBefore);
}

export function reportLoad({ reason, source, costCores, predictedLoad, strained }: LoadView, metrics: Metrics): void {
  for (const one of ['configured', 'cpu', 'memory'] as const)
    metrics.gauge('chorus_talking_limit_reason', one === reason ? 1 : 0, { reason: one });
  for (const one of ['table', 'self_test', 'measured'] as const)
    metrics.gauge('chorus_load_cost_cores', one === source ? costCores : 0, { source: one });
  metrics.gauge('chorus_load_predicted_ratio', predictedLoad);
  metrics.gauge('chorus_load_strained', strained ? 1 : 0);
}

class CeilingLog {
  #logged: number;
  #last: number;
  #steady = 0;
  #strained = false;

  constructor(
    private readonly log: Logger,
    ceiling: number,
  ) {
    this.#logged = ceiling;
    this.#last = ceiling;
  }

  look(view: LoadView, conversations: number): void {
    const { conversations: ceiling, strained } = view;
    this.#steady = ceiling === this.#last ? this.#steady + 1 : 0;
    this.#last = ceiling;
    if (this.#steady >= STEADY_LOOKS && ceiling !== this.#logged) {
      this.log.info('another number of devices may talk', {
        from: this.#logged,
        to: ceiling,
        ...why(view),
        conversations,
      });
      this.#logged = ceiling;
    }
    if (strained !== this.#strained)
      this.log[strained ? 'warn' : 'info'](
        strained ? 'the machine is at its limits, half as many conversations may begin' : 'the machine has recovered',
        { ...(strained && { problem: 'machine.strained' }), conversations },
      );
    this.#strained = strained;
  }
}

export function why({ reason, source, costCores, availableCores }: LoadView): Record<string, string | number> {
  return {
    reason,
    cost: source,
    coresPerConversation: Math.round(costCores * 1000) / 1000,
    coresLeftByOthers: Math.round(availableCores * 100) / 100,
  };
}
