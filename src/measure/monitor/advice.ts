import type { Advice, Text } from '../report/index.js';
import { answerAdvice } from './answer-advice.js';
import { MUCH, othersShare } from './shares.js';
import type { Figures } from './figures.js';
import { REMEDIES } from './remedies.js';
import { inBytes, inMs, inPercent } from '../quantities.js';
import type { TargetId } from '../targets.js';
import type { TargetResult } from './targets.js';

/**
 * Advice on the missed targets, derived from the measurements: each rule names the figure it relies on. A missed target
 * without a visible reason gets the general advice, so that every one has some. A slow language model is mentioned even
 * when no target was missed.
 */
export function adviceFor(figures: Figures, targets: readonly TargetResult[]): readonly Advice[] {
  const missed = new Set(targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id));
  const cpu = missed.has('machine_cpu') || missed.has('container_cpu') ? cpuAdvice(figures, missed) : [];
  const answers = answerAdvice(figures, missed);
  const advice = [
    ...(missed.has('available') ? unavailable(figures) : []),
    ...(missed.has('connected') ? absentAdvice(figures) : []),
    ...(missed.has('connections_used') ? connectionsAdvice(figures) : []),
    // If other programs use the CPU, everything else follows from that.
    ...((othersShare(figures) ?? 0) > MUCH ? [...cpu, ...answers] : [...answers, ...cpu]),
    ...(missed.has('machine_memory') || missed.has('container_memory') ? memoryAdvice(figures, missed) : []),
    ...(missed.has('event_loop') ? loopAdvice(figures) : []),
  ];
  // The same cause may be behind several targets; it is named once.
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
        REMEDIES.look_into_log,
        ...(engineRestarts !== undefined && engineRestarts > 0
          ? [
              {
                en: `Its child processes were started again ${engineRestarts} times meanwhile.`,
                zh: `其间它的子进程重启了 ${engineRestarts} 次。`,
              },
            ]
          : []),
        REMEDIES.let_restart,
      ],
    },
  ];
}

function absentAdvice({ fleet, devices }: Figures): Advice[] {
  if (!fleet) return [];
  const { absent, errors } = fleet;
  const found: Text = {
    en:
      `${absent} of ${fleet.devices} simulated devices were never let ` +
      `in${errors.length > 0 ? `: ${errors.join('; ')}` : ''}.`,
    zh: `${fleet.devices} 台模拟设备中有 ${absent} 台没能接入${errors.length > 0 ? `：${errors.join('；')}` : ''}。`,
  };
  if (errors.length > 0) return [{ found, remedies: [REMEDIES.log_says_why] }];
  const here: Text = REMEDIES.run_here;
  const asFolder: Text = REMEDIES.run_with_data;
  return [
    {
      found,
      remedies: [REMEDIES.approve_codes, devices === undefined ? here : asFolder],
    },
  ];
}

function connectionsAdvice({ server: { connections } }: Figures): Advice[] {
  if (!connections) return [];
  const { most, limit } = connections;
  return [
    {
      found: {
        en: `${most} of the ${limit} device connections that the server accepts were in use.`,
        zh: `服务器可接受的 ${limit} 个设备连接中，用了 ${most} 个。`,
      },
      remedies: [REMEDIES.raise_connections, REMEDIES.second_server],
    },
  ];
}

function othersAdvice(others: number): Advice {
  return {
    found: {
      en: `Other programs than the server used ${inPercent(others)} of the CPU.`,
      zh: `服务器以外的程序用掉了 ${inPercent(others)} 的 CPU。`,
    },
    remedies: [REMEDIES.find_others],
  };
}

/** CPU share from which other programs may have disturbed the simulated devices, which need little CPU, but on time. */
const DISTURBING = 0.05;

/** Advice on a disturbed measurement. There is none about the server, which could not be judged. */
export function disturbanceAdvice(figures: Figures): readonly Advice[] {
  const others = othersShare(figures) ?? 0;
  const late: Advice = {
    found: {
      en: 'The simulated devices did not get the CPU in time, or too little was seen.',
      zh: '模拟设备没有及时得到 CPU，或者测到的太少。',
    },
    remedies: [REMEDIES.measure_less, REMEDIES.measure_elsewhere],
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
      remedies: [REMEDIES.own_cpus],
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
          remedies: [REMEDIES.fewer_at_once, REMEDIES.more_cores],
        },
      ];
}

function serverCpu(name: string, cores: number, all: number, refused: number | undefined): Advice {
  const remedies: Text[] =
    name === 'asr' ? [REMEDIES.smaller_recogniser] : name === 'tts' ? [REMEDIES.other_voice] : [];
  return {
    found: {
      en: `The server used ${all.toFixed(1)} cores, its process \`${name}\` ${cores.toFixed(1)} of them.`,
      zh: `服务器用了 ${all.toFixed(1)} 个核，其中进程 \`${name}\` 用了 ${cores.toFixed(1)} 个。`,
    },
    remedies: [
      ...remedies,
      ...(refused !== undefined && refused > 0 ? [] : [REMEDIES.fewer_at_once]),
      REMEDIES.more_cores,
    ],
  };
}

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
      remedies: [REMEDIES.raise_memory_limit, REMEDIES.smaller_models],
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
      remedies: mostlyOthers ? [REMEDIES.close_others] : [REMEDIES.smaller_models, REMEDIES.more_memory],
    });
  }
  return advice;
}

function loopAdvice(figures: Figures): Advice[] {
  const delay = figures.server.loopDelayP99Ms;
  if (!delay) return [];
  const found: Text = {
    en: `The server's own thread was up to ${inMs(delay.worst).en} late (99th percentile, worst period).`,
    zh: `服务器主线程最多迟了 ${inMs(delay.worst).zh}（99 百分位，最差时段）。`,
  };
  return [{ found, remedies: loopRemedies(figures) }];
}

/** Use of cores by a process from which one thread counts as full. */
const FULL_THREAD = 0.7;

function loopRemedies({ machine }: Figures): readonly Text[] {
  if (!machine) return [REMEDIES.monitor_machine];
  const waited = machine.waitedForCpu;
  if ((waited ?? 0) > MUCH || machine.cpuMean > 0.7) {
    const share = waited === undefined ? undefined : inPercent(waited);
    return [
      {
        en:
          'It had to wait for a ' +
          `CPU${share === undefined ? '' : ` (somebody waited ${share} of the time)`}: ` +
          'see the advice on CPU.',
        zh: `它在等 CPU${share === undefined ? '' : `（${share} 的时间里有程序在等）`}：见关于 CPU 的建议。`,
      },
      REMEDIES.fewer_at_once,
    ];
  }
  const main = machine.processes.find(({ name }) => name === 'main');
  if (main && main.cores > FULL_THREAD) return [REMEDIES.fewer_or_second];
  return [REMEDIES.report_it];
}
