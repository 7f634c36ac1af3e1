import type { Summary } from '../statistics.js';
import type { Text } from '../report/index.js';
import type { Figures } from './figures.js';
import { inMs, inPercent, inSeconds } from './quantities.js';

export type TargetId =
  | 'available'
  | 'connected'
  | 'response'
  | 'first_sound'
  | 'underruns'
  | 'answered'
  | 'cpu'
  | 'memory'
  | 'container_cpu'
  | 'container_memory'
  | 'event_loop';

/** What must hold, as numbers (docs/monitor.md, "The targets"). */
export interface TargetBounds {
  /** Shares of the machine, or of the container's limits, 0 to 1. */
  readonly cpu: number;
  readonly memory: number;
  /** The longest anybody may wait for an answer. */
  readonly responseMs: number;
  /** End of speech to first sound, 95th percentile, without the language model's own time: one device, and several. */
  readonly firstSoundAloneMs: number;
  readonly firstSoundMs: number;
  readonly loopDelayP99Ms: number;
}

export const TARGET_BOUNDS: TargetBounds = {
  cpu: 0.7,
  memory: 0.7,
  responseMs: 20_000,
  firstSoundAloneMs: 1100,
  firstSoundMs: 1600,
  loopDelayP99Ms: 20,
};

export interface TargetResult {
  readonly id: TargetId;
  readonly what: Text;
  readonly measured: Text;
  readonly bound: Text;
  readonly outcome: 'holds' | 'missed' | 'unknown';
  readonly note?: Text;
}

/** Part of few turns that may be slower than a bound on the 95th percentile: a single one proves nothing. */
const SLOW_SHARE = 0.05;
const NOT_MEASURED: Text = '–';

/** The targets that apply to what was measured, the most important first. */
export function judge(figures: Figures, bounds: TargetBounds = TARGET_BOUNDS): readonly TargetResult[] {
  return [
    availability(figures),
    ...attendance(figures),
    ...answerTargets(figures, bounds),
    ...machineTargets(figures, bounds),
    ...loopTarget(figures, bounds),
  ];
}

function availability({ server: { asked, unanswered, response } }: Figures): TargetResult {
  return {
    id: 'available',
    what: { en: 'The server answers', zh: '服务器有响应' },
    measured: { en: `${asked - unanswered} of ${asked} times`, zh: `${asked} 次中的 ${asked - unanswered} 次` },
    bound: { en: 'always', zh: '每一次' },
    outcome: asked === 0 ? 'unknown' : unanswered === 0 ? 'holds' : 'missed',
    ...(response.kind !== 'none' && {
      note: {
        en: `It took ${inMs(response.median).en}, at worst ${inMs(response.max).en}.`,
        zh: `用时 ${inMs(response.median).zh}，最慢 ${inMs(response.max).zh}。`,
      },
    }),
  };
}

function attendance({ fleet }: Figures): TargetResult[] {
  if (!fleet) return [];
  const { devices, absent } = fleet;
  return [
    {
      id: 'connected',
      what: { en: 'Every simulated device is connected', zh: '每台模拟设备都能连上' },
      measured: { en: `${devices - absent} of ${devices}`, zh: `${devices} 台中的 ${devices - absent} 台` },
      bound: { en: 'all', zh: '全部' },
      outcome: absent === 0 ? 'holds' : 'missed',
    },
  ];
}

function loopTarget(
  { server: { loopDelayP99Ms: delay } }: Figures,
  { loopDelayP99Ms: bound }: TargetBounds,
): TargetResult[] {
  if (delay === undefined) return [];
  return [
    {
      id: 'event_loop',
      what: {
        en: 'Delay inside the server (event loop, 99th percentile)',
        zh: '服务器内部的延迟（事件循环，99 百分位）',
      },
      measured: inMs(delay.median),
      bound: below(inMs(bound)),
      outcome: delay.median < bound ? 'holds' : 'missed',
      note: {
        en: `In the worst 10 to 20 s it was ${inMs(delay.worst).en}.`,
        zh: `最差的 10 到 20 秒内为 ${inMs(delay.worst).zh}。`,
      },
    },
  ];
}

function answerTargets(figures: Figures, bounds: TargetBounds): TargetResult[] {
  const { answers } = figures;
  if (answers.turns === 0) return [];
  const { turns, failed, underruns, underrunMs } = answers;
  return [
    firstSoundTarget(figures, bounds),
    {
      id: 'underruns',
      what: { en: 'The sound broke in the midst of an answer', zh: '回答中途声音断开' },
      measured:
        underruns === 0
          ? { en: 'never', zh: '没有' }
          : {
              en: `${underruns} times, ${inSeconds(underrunMs).en} of silence`,
              zh: `${underruns} 次，共静默 ${inSeconds(underrunMs).zh}`,
            },
      bound: { en: 'never', zh: '没有' },
      outcome: underruns === 0 ? 'holds' : 'missed',
    },
    {
      id: 'answered',
      what: { en: 'Every question is answered, to the end', zh: '每一句都得到完整的回答' },
      measured: { en: `${turns - failed} of ${turns}`, zh: `${turns} 轮中的 ${turns - failed} 轮` },
      bound: { en: 'all', zh: '全部' },
      outcome: failed === 0 ? 'holds' : 'missed',
    },
    responseTarget(answers.firstSound, bounds.responseMs),
  ];
}

/** Percentiles are given from 200 turns on; with fewer, median and worst are, and one slow turn is not yet a verdict. */
function firstSoundTarget({ answers, stages }: Figures, bounds: TargetBounds): TargetResult {
  const { firstSound, firstSoundMs, devices } = answers;
  const own = devices > 1 ? bounds.firstSoundMs : bounds.firstSoundAloneMs;
  const llm = stages['llm_first_chunk'];
  // A few milliseconds, as of the offline assistant, are not worth a word.
  const llmMs = llm && llm.kind !== 'none' && llm.median >= 50 ? llm.median : 0;
  const bound = own + llmMs;
  const common = {
    id: 'first_sound',
    what: { en: 'From the last word to the first sound of the answer', zh: '从说完到听见回答的第一声' },
    bound:
      llmMs === 0
        ? atMost(inSeconds(bound))
        : {
            en: `at most ${inSeconds(bound).en} (${inSeconds(own).en} and the language model's ${inSeconds(llmMs).en})`,
            zh: `至多 ${inSeconds(bound).zh}（${inSeconds(own).zh}，加上大模型的 ${inSeconds(llmMs).zh}）`,
          },
  } as const;
  if (firstSound.kind === 'none')
    return {
      ...common,
      measured: NOT_MEASURED,
      outcome: 'missed',
      note: { en: 'No answer was ever heard.', zh: '一次回答也没有听到。' },
    };
  if (firstSound.kind === 'many') {
    const { count, median, p95 } = firstSound;
    return {
      ...common,
      measured: { en: `${inSeconds(p95).en} (95th percentile)`, zh: `${inSeconds(p95).zh}（95 百分位）` },
      outcome: p95 <= bound ? 'holds' : 'missed',
      note: {
        en: `Of ${count} turns; median ${inSeconds(median).en}.`,
        zh: `共 ${count} 轮；中位数 ${inSeconds(median).zh}。`,
      },
    };
  }
  const { count, median, max } = firstSound;
  const slow = firstSoundMs.filter((ms) => ms > bound).length;
  const outcome =
    slow === 0 ? 'holds' : median > bound || slow > Math.max(1, SLOW_SHARE * count) ? 'missed' : 'unknown';
  const few: Text = { en: `${count} turns are too few for percentiles.`, zh: `${count} 轮太少，不能算百分位。` };
  const single: Text = {
    en: `${few.en} One of them was too slow, which proves nothing yet: measure longer.`,
    zh: `${few.zh}其中一轮太慢，还说明不了问题：请测得久一些。`,
  };
  return {
    ...common,
    measured: {
      en: `median ${inSeconds(median).en}, worst ${inSeconds(max).en}`,
      zh: `中位数 ${inSeconds(median).zh}，最慢 ${inSeconds(max).zh}`,
    },
    outcome,
    note: outcome === 'unknown' ? single : few,
  };
}

function responseTarget(firstSound: Summary, bound: number): TargetResult {
  return {
    id: 'response',
    what: { en: 'The longest that anybody waited for an answer', zh: '等待回答的最长时间' },
    measured: firstSound.kind === 'none' ? NOT_MEASURED : inSeconds(firstSound.max),
    bound: below(inSeconds(bound)),
    outcome: firstSound.kind === 'none' ? 'unknown' : firstSound.max < bound ? 'holds' : 'missed',
  };
}

function machineTargets({ machine }: Figures, bounds: TargetBounds): TargetResult[] {
  if (!machine) return [];
  const { container } = machine;
  const targets = [
    shareTarget('cpu', { en: 'CPU of the machine, on average', zh: '机器的 CPU，平均' }, machine.cpuMean, bounds.cpu, {
      en: `In the busiest moment ${inPercent(machine.cpuMax)}, which is harmless when it is short.`,
      zh: `最忙的一刻 ${inPercent(machine.cpuMax)}，短暂的没有关系。`,
    }),
    shareTarget(
      'memory',
      { en: 'Memory of the machine, at most', zh: '机器的内存，最多' },
      machine.memoryMax,
      bounds.memory,
    ),
  ];
  if (container?.cpuMean !== undefined)
    targets.push(
      shareTarget(
        'container_cpu',
        {
          en: `CPU of the container, of ${container.cpuQuota} cores, on average`,
          zh: `容器的 CPU，占 ${container.cpuQuota} 核，平均`,
        },
        container.cpuMean,
        bounds.cpu,
      ),
    );
  if (container?.memoryMax !== undefined)
    targets.push(
      shareTarget(
        'container_memory',
        { en: 'Memory of the container, of its limit', zh: '容器的内存，占其上限' },
        container.memoryMax,
        bounds.memory,
      ),
    );
  return targets;
}

function shareTarget(id: TargetId, what: Text, measured: number, bound: number, note?: Text): TargetResult {
  return {
    id,
    what,
    measured: inPercent(measured),
    bound: below({ en: inPercent(bound), zh: inPercent(bound) }),
    outcome: measured < bound ? 'holds' : 'missed',
    ...(note !== undefined && measured < bound && { note }),
  };
}

function below({ en, zh }: { readonly en: string; readonly zh: string }): Text {
  return { en: `below ${en}`, zh: `低于 ${zh}` };
}

function atMost({ en, zh }: { readonly en: string; readonly zh: string }): Text {
  return { en: `at most ${en}`, zh: `至多 ${zh}` };
}
