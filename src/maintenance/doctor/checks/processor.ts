import { availableParallelism } from 'node:os';
import { openCgroup, readHardware } from '../../../platform/machine/index.js';
import { planSlots } from '../../../capacity/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { processorWords } from '../words/processor.js';

export interface ProcessorFacts {
  readonly cores: number;
  /** CPU quota in cores. Undefined if there is no quota. */
  readonly quota: number | undefined;
  /** `load.slots`. Undefined means auto. */
  readonly wantedSlots: number | undefined;
  /** `load.threads` or OMP_NUM_THREADS. Undefined means auto. */
  readonly wantedThreads: number | undefined;
  /** Share of the periods in which the quota was exhausted. */
  readonly throttled: number | undefined;
  readonly periods: number | undefined;
}

/** Number of cores. The main process needs about one core beside one recognition (docs/adr/0001-processes.md). */
const QUOTA_LEAST = 1;
const THROTTLED_MUCH = 0.1;
/** 300 quota periods take 30 s. Fewer periods show only how the server starts. */
const PERIODS_LEAST = 300;

const KNOWN = issues('cpu', processorWords.issues, {
  quota_small: 'warning',
  threads: 'warning',
  throttled: 'warning',
});

export function judgeProcessor({
  cores,
  quota,
  wantedSlots,
  wantedThreads,
  throttled,
  periods,
}: ProcessorFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const plan = planSlots({ cores, quota }, { slots: wantedSlots, threads: wantedThreads });
  if (quota !== undefined && quota < QUOTA_LEAST) findings.push(found(KNOWN.quota_small, processorWords.quota(quota)));
  if ((wantedThreads ?? 1) > plan.threads || (wantedSlots ?? 1) > plan.slots) {
    const wanted = `${wantedSlots ?? 'auto'} × ${wantedThreads ?? 1}`;
    findings.push(found(KNOWN.threads, processorWords.slots(wanted, quota ?? cores, plan.slots, plan.threads)));
  }
  if (throttled !== undefined && (periods ?? 0) >= PERIODS_LEAST && throttled > THROTTLED_MUCH) {
    const share = `${Math.round(throttled * 100)} %`;
    findings.push(found(KNOWN.throttled, processorWords.throttled(share, quota)));
  }
  return orOk(findings, 'cpu', processorWords.cores(cores, quota));
}

function processorFacts({ config, readText, server }: DoctorContext): ProcessorFacts {
  const { cores, cpuQuota } = readHardware(readText, {
    cores: availableParallelism(),
    memoryBytes: Number.MAX_SAFE_INTEGER,
  });
  const usage = server === undefined ? undefined : openCgroup(server.pid, readText)?.read();
  const periods = usage?.periods;
  const { slots, threads } = config.load;
  return {
    cores,
    quota: cpuQuota,
    wantedSlots: slots === 'auto' ? undefined : slots,
    wantedThreads: threads === 'auto' ? undefined : threads,
    periods,
    throttled:
      periods === undefined || periods === 0 || usage?.throttledPeriods === undefined
        ? undefined
        : usage.throttledPeriods / periods,
  };
}

export const processorCheck: Check = {
  id: 'cpu',
  about: processorWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: (context) => Promise.resolve(judgeProcessor(processorFacts(context))),
};
