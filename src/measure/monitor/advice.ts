import type { Advice, Text } from '../report/index.js';
import { answerAdvice } from './answer-advice.js';
import { MUCH, othersShare } from './shares.js';
import type { Figures } from './figures.js';
import { REMEDIES } from '../words/remedies.js';
import { inBytes, inMs, inPercent } from '../quantities.js';
import { TARGETS, type TargetId } from '../targets.js';
import type { TargetResult } from './targets.js';
import { adviceWords } from './words/advice.js';

/** Returns advice for every missed target. A slow language model is mentioned even if no target was missed. */
export function adviceFor(figures: Figures, targets: readonly TargetResult[]): readonly Advice[] {
  const missed = new Set(targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id));
  const cpu = missed.has('machine_cpu') || missed.has('container_cpu') ? cpuAdvice(figures, missed) : [];
  const answers = answerAdvice(figures, missed);
  const advice = [
    ...(missed.has('available') ? unavailable(figures) : []),
    ...(missed.has('connected') ? absentAdvice(figures) : []),
    ...(missed.has('connections_used') ? connectionsAdvice(figures) : []),
    // CPU use by other programs explains poor answers, so the advice on CPU then precedes the advice on answers.
    ...((othersShare(figures) ?? 0) > MUCH ? [...cpu, ...answers] : [...answers, ...cpu]),
    ...(missed.has('machine_memory') || missed.has('container_memory') ? memoryAdvice(figures, missed) : []),
    ...(missed.has('event_loop') ? loopAdvice(figures) : []),
  ];
  // Several targets can have the same cause.
  return advice.filter(({ found }, at) => advice.findIndex((other) => keyOf(other.found) === keyOf(found)) === at);
}

function keyOf(text: Text): string {
  return typeof text === 'string' ? text : text.en;
}

function unavailable({ server }: Figures): Advice[] {
  const { asked, unanswered, engineRestarts } = server;
  return [
    {
      found: adviceWords.unanswered(unanswered, asked),
      remedies: [
        REMEDIES.look_into_log,
        ...(engineRestarts !== undefined && engineRestarts > 0 ? [REMEDIES.restarted(engineRestarts)] : []),
        REMEDIES.let_restart,
      ],
    },
  ];
}

function absentAdvice({ fleet, devices }: Figures): Advice[] {
  if (!fleet) return [];
  const { absent, errors } = fleet;
  const found: Text = adviceWords.absent(absent, fleet.devices, errors.length, errors);
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
      found: adviceWords.connections(most, limit),
      remedies: [REMEDIES.raise_connections, REMEDIES.second_server],
    },
  ];
}

function othersAdvice(others: number): Advice {
  return {
    found: adviceWords.others(inPercent(others)),
    remedies: [REMEDIES.find_others],
  };
}

/** CPU share above which other programs may have disturbed the simulated devices. */
const DISTURBING = 0.05;

/** The advice does not mention the server, because a disturbed measurement cannot judge the server. */
export function disturbanceAdvice(figures: Figures): readonly Advice[] {
  const others = othersShare(figures) ?? 0;
  const late: Advice = {
    found: adviceWords.disturbed,
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
      found: adviceWords.stolen(inPercent(stolenMean)),
      remedies: [REMEDIES.own_cpus],
    });
  }
  if (container?.throttled !== undefined && container.throttled > THROTTLED) {
    advice.push({
      found: adviceWords.throttled(inPercent(container.throttled)),
      remedies: [REMEDIES.raise_limit(container.cpuQuota)],
    });
  }
  const [hungriest] = processes;
  if (hungriest && (serverCores / cores > MUCH || missed.has('container_cpu')))
    advice.push(serverCpu(hungriest.name, hungriest.cores, serverCores, server.refused));
  return advice.length > 0
    ? advice
    : [
        {
          found: adviceWords.cpuBusy(inPercent(cpuMean)),
          remedies: [REMEDIES.fewer_at_once, REMEDIES.more_cores],
        },
      ];
}

function serverCpu(name: string, cores: number, all: number, refused: number | undefined): Advice {
  const remedies: Text[] =
    name === 'asr' ? [REMEDIES.smaller_recogniser] : name === 'tts' ? [REMEDIES.other_voice] : [];
  return {
    found: adviceWords.serverCores(all.toFixed(1), name, cores.toFixed(1)),
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
  if (
    missed.has('container_memory') &&
    container?.memoryMax !== undefined &&
    container.memoryLimitBytes !== undefined
  ) {
    advice.push({
      found: adviceWords.containerMemory(inPercent(container.memoryMax), inBytes(container.memoryLimitBytes)),
      remedies: [REMEDIES.raise_memory_limit, REMEDIES.smaller_models],
    });
  }
  if (missed.has('machine_memory')) {
    const used = memoryMax * memoryTotalBytes;
    const mostlyOthers = largest !== undefined && serverMemoryMaxBytes < used / 2;
    advice.push({
      found: largest
        ? adviceWords.memoryOfServer(
            inBytes(used),
            inBytes(memoryTotalBytes),
            inBytes(serverMemoryMaxBytes),
            largest.name,
          )
        : adviceWords.memory(inBytes(used), inBytes(memoryTotalBytes)),
      remedies: mostlyOthers ? [REMEDIES.close_others] : [REMEDIES.smaller_models, REMEDIES.more_memory],
    });
  }
  return advice;
}

function loopAdvice(figures: Figures): Advice[] {
  const delay = figures.server.loopDelayP99Ms;
  if (!delay) return [];
  const found: Text = adviceWords.loopLate(inMs(delay.worst));
  return [{ found, remedies: loopRemedies(figures) }];
}

/** If the main process uses this many cores, its event loop is assumed to be busy nearly all the time. */
const FULL_THREAD = 0.7;

function loopRemedies({ machine }: Figures): readonly Text[] {
  if (!machine) return [REMEDIES.monitor_machine];
  const waited = machine.waitedForCpu;
  if ((waited ?? 0) > MUCH || machine.cpuMean > TARGETS.machine_cpu.limit) {
    const share = waited === undefined ? undefined : inPercent(waited);
    return [REMEDIES.waited_for_cpu(share), REMEDIES.fewer_at_once];
  }
  const main = machine.processes.find(({ name }) => name === 'main');
  if (main && main.cores > FULL_THREAD) return [REMEDIES.fewer_or_second];
  return [REMEDIES.report_it];
}
