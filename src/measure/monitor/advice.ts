import type { Advice, Text } from '../report/index.js';
import { answerAdvice } from './answer-advice.js';
import { FEWER_AT_ONCE, MUCH, othersShare } from './common-remedies.js';
import type { Figures } from './figures.js';
import { inBytes, inMs, inPercent } from '../quantities.js';
import type { TargetId } from '../targets.js';
import type { TargetResult } from './targets.js';

/**
 * Advice on the missed targets, derived from the measurements: each rule names the figure it relies on. A missed target
 * without a visible reason gets the general advice, so that none is left without. A slow language model is mentioned
 * even when no target was missed.
 */
export function adviceFor(figures: Figures, targets: readonly TargetResult[]): readonly Advice[] {
  const missed = new Set(targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id));
  const cpu = missed.has('machine_cpu') || missed.has('container_cpu') ? cpuAdvice(figures, missed) : [];
  const answers = answerAdvice(figures, missed);
  const advice = [
    ...(missed.has('available') ? unavailable(figures) : []),
    ...(missed.has('connected') ? absentAdvice(figures) : []),
    // Where other programs have the CPU, everything else follows from that.
    ...((othersShare(figures) ?? 0) > MUCH ? [...cpu, ...answers] : [...answers, ...cpu]),
    ...(missed.has('machine_memory') || missed.has('container_memory') ? memoryAdvice(figures, missed) : []),
    ...(missed.has('event_loop') ? loopAdvice(figures) : []),
  ];
  // The same cause may be behind several targets; it is told once.
  return advice.filter(({ found }, at) => advice.findIndex((other) => keyOf(other.found) === keyOf(found)) === at);
}

function keyOf(text: Text): string {
  return typeof text === 'string' ? text : text.en;
}

function unavailable({ server }: Figures): Advice[] {
  const { asked, unanswered, engineRestarts } = server;
  return [
    {
      found: {
        en: `The server did not answer ${unanswered} of ${asked} times.`,
        zh: `${asked} 次询问中，服务器有 ${unanswered} 次没有响应。`,
      },
      remedies: [
        {
          en: 'Look into its output or log for the reason: it was stopped, it crashed, or the machine stood still.',
          zh: '看它的输出或日志找原因：被停止、崩溃，或者机器卡住了。',
        },
        ...(engineRestarts !== undefined && engineRestarts > 0
          ? [
              {
                en: `Its child processes were started again ${engineRestarts} times meanwhile.`,
                zh: `其间它的子进程重启了 ${engineRestarts} 次。`,
              },
            ]
          : []),
        {
          en: 'Let a service manager start it again (`systemd`, Docker `restart: unless-stopped`).',
          zh: '让服务管理器负责重启（`systemd`、Docker 的 `restart: unless-stopped`）。',
        },
      ],
    },
  ];
}

function absentAdvice({ fleet, devices }: Figures): Advice[] {
  if (!fleet) return [];
  const { absent, errors } = fleet;
  const found: Text = {
    en: `${absent} of ${fleet.devices} simulated devices were never let in${errors.length > 0 ? `: ${errors.join('; ')}` : ''}.`,
    zh: `${fleet.devices} 台模拟设备中有 ${absent} 台没能接入${errors.length > 0 ? `：${errors.join('；')}` : ''}。`,
  };
  if (errors.length > 0)
    return [{ found, remedies: [{ en: 'The log of the server says why.', zh: '原因见服务器的日志。' }] }];
  const here: Text = {
    en: 'Run the command on the machine of the server, where its simulated devices need no code.',
    zh: '在服务器所在的机器上运行本命令，那里的模拟设备不需要配对码。',
  };
  const asFolder: Text = {
    en: 'Run the command with the data folder of the server (`--data`), so that its simulated devices need no code.',
    zh: '用 `--data` 指明服务器的数据文件夹再运行，这样模拟设备不需要配对码。',
  };
  return [
    {
      found,
      remedies: [
        {
          en: 'They wait for their pairing codes, which the server shows: `chorus devices approve CODE`.',
          zh: '它们在等配对码确认，配对码在服务器的输出里：`chorus devices approve 配对码`。',
        },
        devices === undefined ? here : asFolder,
      ],
    },
  ];
}

function othersAdvice(others: number): Advice {
  return {
    found: {
      en: `Other programs than the server used ${inPercent(others)} of the CPU.`,
      zh: `服务器以外的程序用掉了 ${inPercent(others)} 的 CPU。`,
    },
    remedies: [
      {
        en: 'Find them with `top`, and move them to another machine or another hour.',
        zh: '用 `top` 找出它们，移到别的机器或别的时间运行。',
      },
    ],
  };
}

/** From which others may be what disturbed the simulated devices: these need little, and on time. */
const DISTURBING = 0.05;

/** What to do about a measurement that was disturbed; nothing is advised about a server that could not be judged. */
export function disturbanceAdvice(figures: Figures): readonly Advice[] {
  const others = othersShare(figures) ?? 0;
  const late: Advice = {
    found: {
      en: 'The simulated devices did not get the CPU in time, or too little was seen.',
      zh: '模拟设备没有及时得到 CPU，或者测到的太少。',
    },
    remedies: [
      {
        en: 'Measure with fewer simulated devices (`--connections`), or for longer (`--duration`).',
        zh: '减少模拟设备（`--connections`），或延长时间（`--duration`）再测。',
      },
      {
        en: 'Run the command on another machine, with the OTA address of the server (`--url`).',
        zh: '在另一台机器上运行本命令，用 `--url` 指明服务器的 OTA 地址。',
      },
    ],
  };
  return [...(others > DISTURBING ? [othersAdvice(others)] : []), late];
}

const STOLEN = 0.05;
const THROTTLED = 0.05;

function cpuAdvice(figures: Figures, missed: ReadonlySet<TargetId>): Advice[] {
  const { machine, server } = figures;
  if (!machine) return [];
  const { cores, cpuMean, stolenMean, serverCores, processes, container } = machine;
  const advice: Advice[] = [];
  const others = othersShare(figures);
  if (others !== undefined && others > MUCH) {
    advice.push(othersAdvice(others));
  }
  if (stolenMean > STOLEN) {
    advice.push({
      found: {
        en: `The host of this virtual machine gave ${inPercent(stolenMean)} of the CPU to others (steal).`,
        zh: `虚拟机的宿主把 ${inPercent(stolenMean)} 的 CPU 给了别人（steal）。`,
      },
      remedies: [
        {
          en: 'Choose a machine with CPUs of its own; the settings of the server cannot change this.',
          zh: '请换独享 CPU 的机器；服务器的设置改变不了这一点。',
        },
      ],
    });
  }
  if (container?.throttled !== undefined && container.throttled > THROTTLED) {
    advice.push({
      found: {
        en: `The container's CPU limit stopped it in ${inPercent(container.throttled)} of all periods.`,
        zh: `容器的 CPU 上限在 ${inPercent(container.throttled)} 的周期里让它停顿。`,
      },
      remedies: [
        {
          en: `Raise the limit (\`cpus:\` in compose; now ${container.cpuQuota}).`,
          zh: `提高上限（compose 里的 \`cpus:\`，现在是 ${container.cpuQuota}）。`,
        },
      ],
    });
  }
  const [hungriest] = processes;
  if (hungriest && (serverCores / cores > MUCH || missed.has('container_cpu')))
    advice.push(serverCpu(hungriest.name, hungriest.cores, serverCores, server.refused));
  return advice.length > 0
    ? advice
    : [
        {
          found: {
            en: `The CPU was busy ${inPercent(cpuMean)} of the time.`,
            zh: `CPU 有 ${inPercent(cpuMean)} 的时间在忙。`,
          },
          remedies: [FEWER_AT_ONCE, MORE_CORES],
        },
      ];
}

function serverCpu(name: string, cores: number, all: number, refused: number | undefined): Advice {
  const remedies: Text[] =
    name === 'asr'
      ? [
          {
            en: 'Recognition is what costs most: choose a smaller model (`chorus models list`, `asr.model`).',
            zh: '语音识别最费 CPU：换更小的模型（`chorus models list`，`asr.model`）。',
          },
        ]
      : name === 'tts'
        ? [
            {
              en: 'The local voice is what costs most: set `tts.provider` to `edge` or to another service.',
              zh: '本机语音合成最费 CPU：把 `tts.provider` 设为 `edge` 或其他服务。',
            },
          ]
        : [];
  return {
    found: {
      en: `The server used ${all.toFixed(1)} cores, its process \`${name}\` ${cores.toFixed(1)} of them.`,
      zh: `服务器用了 ${all.toFixed(1)} 个核，其中进程 \`${name}\` 用了 ${cores.toFixed(1)} 个。`,
    },
    remedies: [...remedies, ...(refused !== undefined && refused > 0 ? [] : [FEWER_AT_ONCE]), MORE_CORES],
  };
}

const MORE_CORES: Text = { en: 'Use a machine with more cores.', zh: '使用核数更多的机器。' };

function memoryAdvice({ machine }: Figures, missed: ReadonlySet<TargetId>): Advice[] {
  if (!machine) return [];
  const { memoryTotalBytes, memoryMax, serverMemoryMaxBytes, processes, container } = machine;
  const largest = [...processes].sort((a, b) => b.memoryMaxBytes - a.memoryMaxBytes)[0];
  const advice: Advice[] = [];
  const server = {
    en: largest ? `, of which the server ${inBytes(serverMemoryMaxBytes)} (most of it \`${largest.name}\`)` : '',
    zh: largest ? `，其中服务器 ${inBytes(serverMemoryMaxBytes)}（最多的是 \`${largest.name}\`）` : '',
  };
  if (
    missed.has('container_memory') &&
    container?.memoryMax !== undefined &&
    container.memoryLimitBytes !== undefined
  ) {
    advice.push({
      found: {
        en: `The container used ${inPercent(container.memoryMax)} of its ${inBytes(container.memoryLimitBytes)}.`,
        zh: `容器用了其 ${inBytes(container.memoryLimitBytes)} 上限的 ${inPercent(container.memoryMax)}。`,
      },
      remedies: [
        {
          en: 'Raise its memory limit (`mem_limit:` in compose): at the limit the kernel ends processes.',
          zh: '提高内存上限（compose 里的 `mem_limit:`）：到达上限时内核会结束进程。',
        },
        SMALLER_MODELS,
      ],
    });
  }
  if (missed.has('machine_memory')) {
    const used = memoryMax * memoryTotalBytes;
    const mostlyOthers = largest !== undefined && serverMemoryMaxBytes < used / 2;
    advice.push({
      found: {
        en: `${inBytes(used)} of ${inBytes(memoryTotalBytes)} were in use${server.en}.`,
        zh: `${inBytes(memoryTotalBytes)} 中用了 ${inBytes(used)}${server.zh}。`,
      },
      remedies: mostlyOthers
        ? [
            {
              en: 'Most of it belongs to other programs: close them or move them.',
              zh: '大部分属于其他程序：关掉或移走它们。',
            },
          ]
        : [SMALLER_MODELS, { en: 'Use a machine with more memory.', zh: '使用内存更大的机器。' }],
    });
  }
  return advice;
}

const SMALLER_MODELS: Text = {
  en: 'Choose smaller models (`chorus models list`), and remove those that nobody needs (`chorus models rm ID`).',
  zh: '换更小的模型（`chorus models list`），删掉用不到的（`chorus models rm 编号`）。',
};

function loopAdvice(figures: Figures): Advice[] {
  const delay = figures.server.loopDelayP99Ms;
  if (!delay) return [];
  const found: Text = {
    en: `The server's own thread was up to ${inMs(delay.worst).en} late (99th percentile, worst period).`,
    zh: `服务器主线程最多迟了 ${inMs(delay.worst).zh}（99 百分位，最差时段）。`,
  };
  return [{ found, remedies: loopRemedies(figures) }];
}

/** A core that one thread fills. */
const FULL_THREAD = 0.7;

function loopRemedies({ machine }: Figures): readonly Text[] {
  if (!machine)
    return [
      {
        en: 'Run `chorus monitor --mode both` on the machine of the server: it then also sees whether the CPU was short.',
        zh: '在服务器所在的机器上运行 `chorus monitor --mode both`：这样还能看到是不是 CPU 不够。',
      },
    ];
  const waited = machine.waitedForCpu;
  if ((waited ?? 0) > MUCH || machine.cpuMean > 0.7) {
    const share = waited === undefined ? undefined : inPercent(waited);
    return [
      {
        en: `It had to wait for a CPU${share === undefined ? '' : ` (somebody waited ${share} of the time)`}: see the advice on CPU.`,
        zh: `它在等 CPU${share === undefined ? '' : `（${share} 的时间里有程序在等）`}：见关于 CPU 的建议。`,
      },
      FEWER_AT_ONCE,
    ];
  }
  const main = machine.processes.find(({ name }) => name === 'main');
  if (main && main.cores > FULL_THREAD)
    return [
      {
        en: 'The main process is busy with connections alone: fewer devices on this server, or a second server.',
        zh: '主进程光处理连接就忙不过来了：减少这台服务器上的设备，或再加一台服务器。',
      },
    ];
  return [
    {
      en: 'The CPU was free meanwhile, so something else held it up: a slow disk for the log, a debugger, a swapped-out process. If it stays, please report it with this file.',
      zh: '当时 CPU 有空，是别的原因：写日志的磁盘太慢、调试器、进程被换出。如果一直这样，请带上这个文件报告给我们。',
    },
  ];
}
