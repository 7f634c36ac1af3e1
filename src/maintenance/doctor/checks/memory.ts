import { both } from '../../../core/index.js';
import { totalmem } from 'node:os';
import {
  createProcessReader,
  openCgroup,
  readHardware,
  readMemory,
  type ReadText,
} from '../../../platform/machine/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { memoryNeed, neededModels } from '../needs.js';

export interface MemoryFacts {
  /** Memory that the server needs with its models and a few conversations. */
  readonly needBytes: number;
  readonly models: readonly string[];
  /** Memory of the machine, or the smaller limit of a container. */
  readonly mayUseBytes: number;
  readonly limited: boolean;
  readonly availableBytes: number;
  readonly serverRuns: boolean;
  /** Memory of the server's control group, without page cache that can be dropped. */
  readonly workingSetBytes: number | undefined;
  /** Memory of the server's processes that is in swap. */
  readonly swappedBytes: number;
}

const MB = 2 ** 20;
/** Factor that leaves room for a longer utterance, a second model while models are exchanged, and the phrase cache. */
const COMFORT = 1.25;
const NEAR = 0.9;
const SWAPPED_BYTES = 50 * MB;

const KNOWN = issues('memory', {
  limit_small: {
    severity: 'fault',
    title: both(
      'Out of memory: the limit is smaller than the models and voices need.',
      '内存溢出：内存上限小于模型和语音合成所需。',
    ),
    cause: both(
      'The memory limit of the container or service (mem_limit, MemoryMax), or the machine itself, ' +
        'is too small for what is configured. The kernel ends the recognition process when it loads its model.',
      '容器或服务的内存上限（mem_limit、MemoryMax）或机器本身的内存装不下所配置的东西。加载模型时内核会结束识别进程。',
    ),
    remedy: both(
      'Raise the limit (deploy/profiles/*.env, `mem_limit:`, `MemoryMax=`), ' +
        'or choose a smaller model (`asr.model`), or fewer devices (`max_concurrent_sessions`).',
      '提高上限（deploy/profiles/*.env、`mem_limit:`、`MemoryMax=`），或换小一些的模型（`asr.model`），或减少设备（`max_concurrent_sessions`）。',
    ),
  },
  tight: {
    severity: 'warning',
    title: both('The memory limit leaves little room.', '内存上限余量不多。'),
    cause: both(
      'The configured models fit, but a long utterance or a second model may not.',
      '目前的配置刚好装得下，但较长的话语或第二个模型可能装不下。',
    ),
    remedy: both('Raise the limit by a quarter, or choose a smaller model.', '把上限提高四分之一，或换小一些的模型。'),
  },
  others: {
    severity: 'fault',
    title: both('Out of memory: other programs have taken it.', '内存溢出：内存被其他程序占用。'),
    cause: both(
      'The machine has enough, and too little of it is available at the moment.',
      '机器的内存够，但此刻可用的太少。',
    ),
    remedy: both(
      'Find what takes it (`top`, Shift+M) and end or move it.',
      '用 `top`（Shift+M）找出占内存的程序，结束或移走它。',
    ),
  },
  near_limit: {
    severity: 'warning',
    title: both('The running server is close to its memory limit.', '运行中的服务器已接近内存上限。'),
    cause: both(
      'At the limit the kernel ends a process, usually the one with the model.',
      '到达上限时内核会结束进程，通常是装着模型的那个。',
    ),
    remedy: both(
      'Raise the limit, or lower `max_concurrent_sessions`; ' +
        'if it grows without end, send a bundle (`chorus doctor --bundle FILE`).',
      '提高上限，或降低 `max_concurrent_sessions`；如果一直在涨，请附上 `chorus doctor --bundle 文件` 报告。',
    ),
  },
  swapped: {
    severity: 'warning',
    title: both('A part of the server stands in swap.', '服务器的一部分被换到了磁盘上。'),
    cause: both(
      'The machine was short of memory. Speech stutters while it is fetched back.',
      '机器曾经缺内存。换回来的时候语音会卡顿。',
    ),
    remedy: both(
      'Give the machine more memory or fewer programs; restart the server (`chorus drain`) to have it whole in memory.',
      '增加内存或减少程序；重启服务器（`chorus drain`）让它全部回到内存。',
    ),
  },
});

export function judgeMemory(facts: MemoryFacts): readonly Finding[] {
  const { needBytes, models, mayUseBytes, limited, availableBytes, serverRuns, workingSetBytes, swappedBytes } = facts;
  const findings: Finding[] = [];
  const need = both(
    `${limited ? 'The limit is' : 'The machine has'} ${inMb(mayUseBytes)} MB; about ` +
      `${inMb(needBytes)} MB are needed (${models.join(', ')}).`,
    `${limited ? '上限是' : '机器有'} ${inMb(mayUseBytes)} MB，大约需要 ${inMb(needBytes)} MB（${models.join('、')}）。`,
  );
  if (mayUseBytes < needBytes) findings.push(found(KNOWN.limit_small, need));
  else if (mayUseBytes < needBytes * COMFORT) findings.push(found(KNOWN.tight, need));
  else if (!serverRuns && availableBytes < needBytes)
    findings.push(
      found(
        KNOWN.others,
        both(
          `${inMb(availableBytes)} MB are available; about ${inMb(needBytes)} MB are needed.`,
          `可用 ${inMb(availableBytes)} MB，大约需要 ${inMb(needBytes)} MB。`,
        ),
      ),
    );
  if (limited && workingSetBytes !== undefined && workingSetBytes > NEAR * mayUseBytes)
    findings.push(
      found(
        KNOWN.near_limit,
        both(
          `${inMb(workingSetBytes)} of ${inMb(mayUseBytes)} MB are in use.`,
          `${inMb(mayUseBytes)} MB 中已用 ${inMb(workingSetBytes)} MB。`,
        ),
      ),
    );
  if (swappedBytes > SWAPPED_BYTES)
    findings.push(
      found(
        KNOWN.swapped,
        both(`${inMb(swappedBytes)} MB of the server are in swap.`, `服务器有 ${inMb(swappedBytes)} MB 在交换区。`),
      ),
    );
  return orOk(findings, 'memory', need);
}

const inMb = (bytes: number): number => Math.round(bytes / MB);

async function memoryFacts({
  config,
  models: inspected,
  readText,
  server,
  clock,
}: DoctorContext): Promise<MemoryFacts> {
  const installed = new Set(
    (await inspected()).filter(({ state }) => state === 'installed').map(({ model }) => model.id),
  );
  const models = neededModels(config, ({ id }) => installed.has(id)).map(({ model }) => model);
  const { totalBytes, availableBytes } = readMemory(readText);
  const machineBytes = Math.max(totalBytes, 1);
  const { memoryBytes } = readHardware(readText, { cores: 1, memoryBytes: machineBytes });
  const processes = server === undefined ? [] : await createProcessReader({ clock, readText }).read([server.pid]);
  return {
    needBytes: memoryNeed(config, models),
    models: models.map(({ id }) => id),
    mayUseBytes: memoryBytes,
    limited: memoryBytes < machineBytes,
    availableBytes: Math.min(availableBytes, totalmem()),
    serverRuns: server !== undefined,
    workingSetBytes: server === undefined ? undefined : openCgroup(server.pid, readText)?.read().workingSetBytes,
    swappedBytes: processes.reduce((sum, { pid }) => sum + swapOf(pid, readText), 0),
  };
}

function swapOf(pid: number, readText: ReadText): number {
  return Number(/^VmSwap:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
}

export const memoryCheck: Check = {
  id: 'memory',
  about: both(
    'Memory: the limit of the container (cgroup v1 and v2) against what models and voices need, head-room, swap',
    '内存：容器上限（cgroup v1 与 v2）与模型、语音合成所需相比，余量，交换区',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeMemory(await memoryFacts(context)),
};
