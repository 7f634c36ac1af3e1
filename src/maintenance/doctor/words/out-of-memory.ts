import { bilingualWords } from '../../../core/index.js';

const en = {
  about:
    'Whether the kernel has killed processes because memory ran out: ' +
    'memory.events, memory.oom_control, memory.failcnt, kernel log',
  issues: {
    killed: {
      title: 'Out of memory: the kernel has ended a process of this container.',
      cause: 'The group of processes reached its memory limit.',
      remedy:
        'Raise the memory limit (deploy/profiles/*.env, `mem_limit:`, `MemoryMax=`), ' +
        'choose a smaller model (`asr.model`), or lower `max_concurrent_sessions`. ' +
        'The count starts again when the container is made again.',
    },
    kernel: {
      title: 'Out of memory: the kernel has ended a Node.js process on this machine.',
      cause: 'The machine or a container had no memory left; the kernel log names the process.',
      remedy:
        'If it was Chorus: give it more memory, a smaller model (`asr.model`), ' +
        'or fewer devices (`max_concurrent_sessions`).',
    },
    pressed: {
      title: 'The group of processes has met its memory limit, without a loss.',
      cause: 'Page cache had to be given back; that is normal under a limit.',
      remedy: 'Nothing has to be done, unless answers are slow.',
    },
  },
  killed: (processes: number, folder: string) =>
    `${processes} ${processes === 1 ? 'process was' : 'processes were'} ended (${folder}).`,
  kernelLog: (line: string) => `The kernel log: ${line}`,
  limitMet: (times: number, folder: string) => `The limit was met ${times} times (${folder}).`,
  none: 'no process was killed because memory ran out',
};

const zh: typeof en = {
  about: '内核是否因缺内存结束过进程：memory.events、memory.oom_control、memory.failcnt、内核日志',
  issues: {
    killed: {
      title: '内存溢出：内核结束过这个容器里的进程。',
      cause: '这组进程达到了内存上限。',
      remedy:
        '提高内存上限（deploy/profiles/*.env、`mem_limit:`、`MemoryMax=`），换小一些的模型（`asr.model`），' +
        '或降低 `max_concurrent_sessions`。重建容器后计数清零。',
    },
    kernel: {
      title: '内存溢出：内核在这台机器上结束过 Node.js 进程。',
      cause: '机器或容器没有内存了；内核日志里有进程名。',
      remedy: '如果是 Chorus：增加内存，换小一些的模型（`asr.model`），或减少设备（`max_concurrent_sessions`）。',
    },
    pressed: {
      title: '这组进程碰到过内存上限，但没有损失。',
      cause: '需要归还页缓存；有上限时这很正常。',
      remedy: '不必处理，除非回答变慢。',
    },
  },
  killed: (processes, folder) => `结束了 ${processes} 个进程（${folder}）。`,
  kernelLog: (line) => `内核日志：${line}`,
  limitMet: (times, folder) => `碰到上限 ${times} 次（${folder}）。`,
  none: '没有进程因缺内存被结束',
};

export const outOfMemoryWords = bilingualWords({ en, zh });
