import { both } from '../../../core/index.js';
import { availableParallelism } from 'node:os';
import { openCgroup, readHardware } from '../../../platform/machine/index.js';
import { planSlots } from '../../../capacity/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

export interface ProcessorFacts {
  readonly cores: number;
  /** CPU quota in cores; undefined: no quota. */
  readonly quota: number | undefined;
  /** `load.slots` and `load.threads` (or OMP_NUM_THREADS); undefined: auto. */
  readonly wantedSlots: number | undefined;
  readonly wantedThreads: number | undefined;
  /** Share of the periods in which the quota was used up, and the number of periods. */
  readonly throttled: number | undefined;
  readonly periods: number | undefined;
}

/** The pacer needs about one core beside one recognition (docs/adr/0001-processes.md). */
const QUOTA_LEAST = 1;
const THROTTLED_MUCH = 0.1;
/** 30 s of periods; fewer show only the start of the server. */
const PERIODS_LEAST = 300;

const KNOWN = issues('cpu', {
  quota_small: {
    severity: 'warning',
    title: both('The CPU limit is below one core.', 'CPU 上限不到一个核。'),
    cause: both(
      'Recognition of a sentence uses up the time of the whole container, and sound that should be sent waits.',
      '识别一句话就会用完整个容器的 CPU 时间，该发送的声音只能等。',
    ),
    remedy: both(
      'Give it at least 1.5 cores (`cpus:` in compose, `CPUQuota=150%`).',
      '至少给 1.5 个核（compose 里的 `cpus:`，`CPUQuota=150%`）。',
    ),
  },
  threads: {
    severity: 'warning',
    title: both('More slots or threads are configured than there are cores.', '配置的槽位或线程数超过了核数。'),
    cause: both(
      '`load.slots`, `load.threads` or OMP_NUM_THREADS was taken from a larger machine. Chorus cuts them down.',
      '`load.slots`、`load.threads` 或 OMP_NUM_THREADS 来自更大的机器。Chorus 会自行减少。',
    ),
    remedy: both('Leave them at auto, and OMP_NUM_THREADS unset or 1.', '保持 auto，不设 OMP_NUM_THREADS 或设为 1。'),
  },
  throttled: {
    severity: 'warning',
    title: both('The container is stopped by its CPU limit again and again.', '容器不断因 CPU 上限而停顿。'),
    cause: both(
      'It uses more than `cpus:` allows; in each such period sound stands still for up to 100 ms.',
      '用量超过 `cpus:` 的上限；每次停顿声音最多静止 100 毫秒。',
    ),
    remedy: both(
      'Raise `cpus:` (or `CPUQuota=`), or lower `max_concurrent_sessions`.',
      '提高 `cpus:`（或 `CPUQuota=`），或降低 `max_concurrent_sessions`。',
    ),
  },
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
  if (quota !== undefined && quota < QUOTA_LEAST)
    findings.push(found(KNOWN.quota_small, both(`The limit is ${quota} cores.`, `上限是 ${quota} 个核。`)));
  if ((wantedThreads ?? 1) > plan.threads || (wantedSlots ?? 1) > plan.slots) {
    const wanted = `${wantedSlots ?? 'auto'} × ${wantedThreads ?? 1}`;
    findings.push(
      found(
        KNOWN.threads,
        both(
          `Slots × threads wanted: ${wanted}; of ${quota ?? cores} cores come ${plan.slots} × ${plan.threads}.`,
          `想要的槽位 × 线程：${wanted}；${quota ?? cores} 个核只能给 ${plan.slots} × ${plan.threads}。`,
        ),
      ),
    );
  }
  if (throttled !== undefined && (periods ?? 0) >= PERIODS_LEAST && throttled > THROTTLED_MUCH) {
    const share = `${Math.round(throttled * 100)} %`;
    findings.push(
      found(
        KNOWN.throttled,
        both(
          `In ${share} of the periods the limit of ${quota ?? '?'} cores stopped it.`,
          `${share} 的周期里它因 ${quota ?? '?'} 核的上限而停顿。`,
        ),
      ),
    );
  }
  return orOk(
    findings,
    'cpu',
    both(
      `${cores} cores${quota === undefined ? '' : `, limit ${quota}`}`,
      `${cores} 核${quota === undefined ? '' : `，上限 ${quota}`}`,
    ),
  );
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
  about: both(
    'CPU: quota against slots and threads, throttling of the running server',
    'CPU：配额与槽位、线程相比，运行中的服务器是否被限流',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: (context) => Promise.resolve(judgeProcessor(processorFacts(context))),
};
