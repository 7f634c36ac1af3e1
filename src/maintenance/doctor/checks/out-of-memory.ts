import { both } from '../../../core/index.js';
import { type MemoryEvents, readMemoryEvents } from '../../../platform/machine/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

const KNOWN = issues('oom', {
  killed: {
    severity: 'fault',
    title: both(
      'Out of memory: the kernel has ended a process of this container.',
      '内存溢出：内核结束过这个容器里的进程。',
    ),
    cause: both('The group of processes reached its memory limit.', '这组进程达到了内存上限。'),
    remedy: both(
      'Raise the memory limit (deploy/profiles/*.env, `mem_limit:`, `MemoryMax=`), ' +
        'choose a smaller model (`asr.model`), or lower `max_concurrent_sessions`. ' +
        'The count begins anew when the container is made again.',
      '提高内存上限（deploy/profiles/*.env、`mem_limit:`、`MemoryMax=`），换小一些的模型（`asr.model`），' +
        '或降低 `max_concurrent_sessions`。重建容器后计数清零。',
    ),
  },
  kernel: {
    severity: 'warning',
    title: both(
      'Out of memory: the kernel has ended a Node.js process on this machine.',
      '内存溢出：内核在这台机器上结束过 Node.js 进程。',
    ),
    cause: both(
      'The machine or a container had no memory left; the kernel log names the process.',
      '机器或容器没有内存了；内核日志里有进程名。',
    ),
    remedy: both(
      'If it was Chorus: give it more memory, a smaller model (`asr.model`), ' +
        'or fewer devices (`max_concurrent_sessions`).',
      '如果是 Chorus：增加内存，换小一些的模型（`asr.model`），或减少设备（`max_concurrent_sessions`）。',
    ),
  },
  pressed: {
    severity: 'note',
    title: both(
      'The group of processes has met its memory limit, without a loss.',
      '这组进程碰到过内存上限，但没有损失。',
    ),
    cause: both('Page cache had to be given back; that is normal under a limit.', '需要归还页缓存；有上限时这很正常。'),
    remedy: both('Nothing has to be done, unless answers are slow.', '不必处理，除非回答变慢。'),
  },
});

/** A line of the kernel log about a process that the kernel killed. */
export interface KernelKill {
  readonly process: string;
  readonly line: string;
}

/** Kills of processes with a name that Node.js uses. */
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
    findings.push(
      found(
        KNOWN.killed,
        both(
          `${events.kills} ${events.kills === 1 ? 'process was' : 'processes were'} ended (${events.folder}).`,
          `结束了 ${events.kills} 个进程（${events.folder}）。`,
        ),
      ),
    );
  const last = kernelKills(kernelLog ?? '').at(-1);
  if (last) findings.push(found(KNOWN.kernel, both(`The kernel log: ${last.line}`, `内核日志：${last.line}`)));
  if (findings.length === 0 && events !== undefined && events.limitMet > 0)
    findings.push(
      found(
        KNOWN.pressed,
        both(
          `The limit was met ${events.limitMet} times (${events.folder}).`,
          `碰到上限 ${events.limitMet} 次（${events.folder}）。`,
        ),
      ),
    );
  return orOk(findings, 'oom', both('no process was killed because memory ran out', '没有进程因缺内存被结束'));
}

export const outOfMemoryCheck: Check = {
  id: 'oom',
  about: both(
    'Whether the kernel has killed processes because memory ran out: ' +
      'memory.events, memory.oom_control, memory.failcnt, kernel log',
    '内核是否因缺内存结束过进程：memory.events、memory.oom_control、memory.failcnt、内核日志',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ server, readText, kernelLog }) =>
    judgeOutOfMemory(readMemoryEvents(server?.pid ?? 'self', readText), await kernelLog()),
};
