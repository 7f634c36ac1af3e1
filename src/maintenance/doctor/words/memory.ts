import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Memory: the limit of the container (cgroup v1 and v2) against what models and voices need, head-room, swap',
  issues: {
    limit_small: {
      title: 'Out of memory: the limit is smaller than the models and voices need.',
      cause:
        'The memory limit of the container or service (mem_limit, MemoryMax), or the machine itself, ' +
        'is too small for what is configured. The kernel ends the recognition process when it loads its model.',
      remedy:
        'Raise the limit (deploy/profiles/*.env, `mem_limit:`, `MemoryMax=`), ' +
        'or choose a smaller model (`asr.model`), or fewer devices (`max_concurrent_sessions`).',
    },
    tight: {
      title: 'The memory limit leaves little room.',
      cause: 'The configured models fit, but a long utterance or a second model may not.',
      remedy: 'Raise the limit by a quarter, or choose a smaller model.',
    },
    others: {
      title: 'Out of memory: other programs have taken it.',
      cause: 'The machine has enough, and too little of it is available at the moment.',
      remedy: 'Find what takes it (`top`, Shift+M) and end or move it.',
    },
    near_limit: {
      title: 'The running server is close to its memory limit.',
      cause: 'At the limit the kernel ends a process, usually the one with the model.',
      remedy:
        'Raise the limit, or lower `max_concurrent_sessions`; ' +
        'if it grows without end, send a bundle (`chorus doctor --bundle FILE`).',
    },
    swapped: {
      title: 'A part of the server stands in swap.',
      cause: 'The machine was short of memory. Speech stutters while it is fetched back.',
      remedy:
        'Give the machine more memory or fewer programs; ' +
        'restart the server (`chorus drain`) to have it whole in memory.',
    },
  },
  needs: (limited: boolean, mayUseMb: number, needMb: number, models: readonly string[]) =>
    `${limited ? 'The limit is' : 'The machine has'} ${mayUseMb} MB; about ` +
    `${needMb} MB are needed (${models.join(', ')}).`,
  available: (availableMb: number, needMb: number) => `${availableMb} MB are available; about ${needMb} MB are needed.`,
  inUse: (usedMb: number, mayUseMb: number) => `${usedMb} of ${mayUseMb} MB are in use.`,
  swapped: (mb: number) => `${mb} MB of the server are in swap.`,
};

const zh: typeof en = {
  about: '内存：容器上限（cgroup v1 与 v2）与模型、语音合成所需相比，余量，交换区',
  issues: {
    limit_small: {
      title: '内存溢出：内存上限小于模型和语音合成所需。',
      cause:
        '容器或服务的内存上限（mem_limit、MemoryMax）或机器本身的内存装不下所配置的东西。加载模型时内核会结束识别进程。',
      remedy:
        '提高上限（deploy/profiles/*.env、`mem_limit:`、`MemoryMax=`），或换小一些的模型（`asr.model`），或减少设备（`max_concurrent_sessions`）。',
    },
    tight: {
      title: '内存上限余量不多。',
      cause: '目前的配置刚好装得下，但较长的话语或第二个模型可能装不下。',
      remedy: '把上限提高四分之一，或换小一些的模型。',
    },
    others: {
      title: '内存溢出：内存被其他程序占用。',
      cause: '机器的内存够，但此刻可用的太少。',
      remedy: '用 `top`（Shift+M）找出占内存的程序，结束或移走它。',
    },
    near_limit: {
      title: '运行中的服务器已接近内存上限。',
      cause: '到达上限时内核会结束进程，通常是装着模型的那个。',
      remedy: '提高上限，或降低 `max_concurrent_sessions`；如果一直在涨，请附上 `chorus doctor --bundle 文件` 报告。',
    },
    swapped: {
      title: '服务器的一部分被换到了磁盘上。',
      cause: '机器曾经缺内存。换回来的时候语音会卡顿。',
      remedy: '增加内存或减少程序；重启服务器（`chorus drain`）让它全部回到内存。',
    },
  },
  needs: (limited, mayUseMb, needMb, models) =>
    `${limited ? '上限是' : '机器有'} ${mayUseMb} MB，大约需要 ${needMb} MB（${models.join('、')}）。`,
  available: (availableMb, needMb) => `可用 ${availableMb} MB，大约需要 ${needMb} MB。`,
  inUse: (usedMb, mayUseMb) => `${mayUseMb} MB 中已用 ${usedMb} MB。`,
  swapped: (mb) => `服务器有 ${mb} MB 在交换区。`,
};

export const memoryWords = bilingualWords({ en, zh });
