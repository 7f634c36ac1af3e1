import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'CPU: quota against slots and threads, throttling of the running server',
  issues: {
    quota_small: {
      title: 'The CPU limit is below one core.',
      cause: 'Recognition of a sentence uses up the time of the whole container, and sound that should be sent waits.',
      remedy: 'Give it at least 1.5 cores (`cpus:` in compose, `CPUQuota=150%`).',
    },
    threads: {
      title: 'More slots or threads are configured than there are cores.',
      cause: '`load.slots`, `load.threads` or OMP_NUM_THREADS was taken from a larger machine. Chorus cuts them down.',
      remedy: 'Leave them at auto, and OMP_NUM_THREADS unset or 1.',
    },
    throttled: {
      title: 'The container is stopped by its CPU limit again and again.',
      cause: 'It uses more than `cpus:` allows; in each such period sound stands still for up to 100 ms.',
      remedy: 'Raise `cpus:` (or `CPUQuota=`), or lower `max_concurrent_sessions`.',
    },
  },
  quota: (quota: number) => `The limit is ${quota} cores.`,
  slots: (wanted: string, cores: number, slots: number, threads: number) =>
    `Slots × threads wanted: ${wanted}; of ${cores} cores come ${slots} × ${threads}.`,
  throttled: (share: string, quota: number | undefined) =>
    `In ${share} of the periods the limit of ${quota ?? '?'} cores stopped it.`,
  cores: (cores: number, quota: number | undefined) => `${cores} cores${quota === undefined ? '' : `, limit ${quota}`}`,
};

const zh: typeof en = {
  about: 'CPU：配额与槽位、线程相比，运行中的服务器是否被限流',
  issues: {
    quota_small: {
      title: 'CPU 上限不到一个核。',
      cause: '识别一句话就会用完整个容器的 CPU 时间，该发送的声音只能等。',
      remedy: '至少给 1.5 个核（compose 里的 `cpus:`，`CPUQuota=150%`）。',
    },
    threads: {
      title: '配置的槽位或线程数超过了核数。',
      cause: '`load.slots`、`load.threads` 或 OMP_NUM_THREADS 来自更大的机器。Chorus 会自行减少。',
      remedy: '保持 auto，不设 OMP_NUM_THREADS 或设为 1。',
    },
    throttled: {
      title: '容器不断因 CPU 上限而停顿。',
      cause: '用量超过 `cpus:` 的上限；每次停顿声音最多静止 100 毫秒。',
      remedy: '提高 `cpus:`（或 `CPUQuota=`），或降低 `max_concurrent_sessions`。',
    },
  },
  quota: (quota) => `上限是 ${quota} 个核。`,
  slots: (wanted, cores, slots, threads) => `想要的槽位 × 线程：${wanted}；${cores} 个核只能给 ${slots} × ${threads}。`,
  throttled: (share, quota) => `${share} 的周期里它因 ${quota ?? '?'} 核的上限而停顿。`,
  cores: (cores, quota) => `${cores} 核${quota === undefined ? '' : `，上限 ${quota}`}`,
};

export const processorWords = bilingualWords({ en, zh });
