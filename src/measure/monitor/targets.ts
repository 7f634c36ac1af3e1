import type { Target, Text } from '../report/index.js';
import { inMs, inPercent, inSeconds } from '../quantities.js';
import { FIRST_SOUND_ALONE_MS, limitText, outcomeOf, TARGETS, type TargetId, valueText } from '../targets.js';
import type { Figures } from './figures.js';

/** A target as the report shows it. */
export interface TargetResult extends Target {
  readonly id: TargetId;
}

/** With few turns, this share may be slower than a bound on the 95th percentile: a single slow turn proves nothing. */
const SLOW_SHARE = 0.05;

/** The targets that apply to the measurement, the most important first. */
export function judge(figures: Figures): readonly TargetResult[] {
  const { server, fleet, answers } = figures;
  const { asked, unanswered, response, connections, loopDelayP99Ms: delay } = server;
  return [
    shown('available', asked === 0 ? undefined : unanswered, {
      measured: { en: `${asked - unanswered} of ${asked} times`, zh: `${asked} 次中的 ${asked - unanswered} 次` },
      ...(response.kind !== 'none' && {
        note: {
          en: `It took ${inMs(response.median).en}, at worst ${inMs(response.max).en}.`,
          zh: `用时 ${inMs(response.median).zh}，最慢 ${inMs(response.max).zh}。`,
        },
      }),
    }),
    ...(fleet
      ? [
          shown('connected', fleet.absent, {
            measured: {
              en: `${fleet.devices - fleet.absent} of ${fleet.devices}`,
              zh: `${fleet.devices} 台中的 ${fleet.devices - fleet.absent} 台`,
            },
          }),
        ]
      : []),
    ...(connections ? [connectionsTarget(connections)] : []),
    ...(answers.turns === 0 ? [] : answerTargets(figures)),
    ...machineTargets(figures),
    ...(delay
      ? [
          shown('event_loop', delay.median, {
            note: {
              en: `In the worst 10 to 20 s it was ${inMs(delay.worst).en}.`,
              zh: `最差的 10 到 20 秒内为 ${inMs(delay.worst).zh}。`,
            },
          }),
        ]
      : []),
  ];
}

function connectionsTarget({ most, limit }: { readonly most: number; readonly limit: number }): TargetResult {
  const share = inPercent(most / limit);
  return shown('connections_used', most / limit, {
    measured: { en: `${most} of ${limit} (${share})`, zh: `${limit} 个中的 ${most} 个（${share}）` },
  });
}

/** `value` against the limit of the target. `given` replaces fields that follow from the definition. */
function shown(id: TargetId, value: number | undefined, given: Partial<Omit<TargetResult, 'id'>> = {}): TargetResult {
  const outcome = outcomeOf(id, value);
  return { id, what: TARGETS[id].what, measured: valueText(id, value), bound: limitText(id), outcome, ...given };
}

function answerTargets(figures: Figures): TargetResult[] {
  const { turns, failed, underruns, underrunMs, firstSound } = figures.answers;
  return [
    firstSoundTarget(figures),
    shown('underruns', underruns, {
      measured:
        underruns === 0
          ? { en: 'never', zh: '没有' }
          : {
              en: `${underruns} times, ${inSeconds(underrunMs).en} of silence`,
              zh: `${underruns} 次，共静默 ${inSeconds(underrunMs).zh}`,
            },
    }),
    shown('answered', failed, {
      measured: { en: `${turns - failed} of ${turns}`, zh: `${turns} 轮中的 ${turns - failed} 轮` },
    }),
    shown('response', firstSound.kind === 'none' ? undefined : firstSound.max),
  ];
}

/**
 * Percentiles are shown from 200 turns on. With fewer, median and worst are shown, and one slow turn is not a verdict.
 */
function firstSoundTarget({ answers, stages }: Figures): TargetResult {
  const { firstSound, firstSoundMs, devices } = answers;
  const ownMs = devices > 1 ? TARGETS.first_sound.limit : FIRST_SOUND_ALONE_MS;
  const llm = stages['llm_first_chunk'];
  // A few milliseconds, such as those of the offline assistant, are not mentioned.
  const llmMs = llm && llm.kind !== 'none' && llm.median >= 50 ? llm.median : 0;
  const limit = ownMs + llmMs;
  const [own, model] = [inSeconds(ownMs), inSeconds(llmMs)];
  const { en, zh } = limitText('first_sound', limit);
  const bound: Text =
    llmMs === 0
      ? { en, zh }
      : {
          en: `${en} (${own.en} and the language model's ${model.en})`,
          zh: `${zh}（${own.zh}，加上大模型的 ${model.zh}）`,
        };
  if (firstSound.kind === 'none')
    return shown('first_sound', undefined, {
      bound,
      outcome: 'missed',
      note: { en: 'No answer was ever heard.', zh: '一次回答也没有听到。' },
    });
  const { count, median, max } = firstSound;
  if (firstSound.kind === 'many') {
    const p95 = inSeconds(firstSound.p95);
    return shown('first_sound', firstSound.p95, {
      bound,
      outcome: outcomeOf('first_sound', firstSound.p95, limit),
      measured: { en: `${p95.en} (95th percentile)`, zh: `${p95.zh}（95 百分位）` },
      note: {
        en: `Of ${count} turns; median ${inSeconds(median).en}.`,
        zh: `共 ${count} 轮；中位数 ${inSeconds(median).zh}。`,
      },
    });
  }
  const slow = firstSoundMs.filter((ms) => ms > limit).length;
  const outcome =
    slow === 0 ? 'holds' : median > limit || slow > Math.max(1, SLOW_SHARE * count) ? 'missed' : 'unknown';
  const few: Text = { en: `${count} turns are too few for percentiles.`, zh: `${count} 轮太少，不能算百分位。` };
  const single: Text = {
    en: `${few.en} One of them was too slow, which proves nothing yet: measure longer.`,
    zh: `${few.zh}其中一轮太慢，还说明不了问题：请测得久一些。`,
  };
  return shown('first_sound', max, {
    bound,
    outcome,
    measured: {
      en: `median ${inSeconds(median).en}, worst ${inSeconds(max).en}`,
      zh: `中位数 ${inSeconds(median).zh}，最慢 ${inSeconds(max).zh}`,
    },
    note: outcome === 'unknown' ? single : few,
  });
}

function machineTargets({ machine }: Figures): TargetResult[] {
  if (!machine) return [];
  const { container, cpuMean, cpuMax, memoryMax } = machine;
  const targets = [
    shown('machine_cpu', cpuMean, {
      ...(outcomeOf('machine_cpu', cpuMean) === 'holds' && {
        note: {
          en: `In the busiest moment ${inPercent(cpuMax)}, which is harmless when it is short.`,
          zh: `最忙的一刻 ${inPercent(cpuMax)}，短暂的没有关系。`,
        },
      }),
    }),
    shown('machine_memory', memoryMax),
  ];
  if (container?.cpuMean !== undefined)
    targets.push(
      shown('container_cpu', container.cpuMean, {
        what: {
          en: `CPU of the container, of ${container.cpuQuota} cores, on average`,
          zh: `容器的 CPU，占 ${container.cpuQuota} 核，平均`,
        },
      }),
    );
  if (container?.memoryMax !== undefined) targets.push(shown('container_memory', container.memoryMax));
  return targets;
}
