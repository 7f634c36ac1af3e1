import type { Target, Text } from '../report/index.js';
import { inMs, inPercent, inSeconds } from '../quantities.js';
import { FIRST_SOUND_ALONE_MS, limitText, outcomeOf, TARGETS, type TargetId, valueText } from '../targets.js';
import type { Figures } from './figures.js';
import { targetsWords } from './words/targets.js';

export interface TargetResult extends Target {
  readonly id: TargetId;
}

/** If there are few turns, slow turns up to this share prove nothing. Neither does a single slow turn. */
const SLOW_SHARE = 0.05;

/** Lists the most important target first. */
export function judge(figures: Figures): readonly TargetResult[] {
  const { server, fleet, answers } = figures;
  const { asked, unanswered, response, connections, loopDelayP99Ms: delay } = server;
  return [
    shown('available', asked === 0 ? undefined : unanswered, {
      measured: targetsWords.times(asked - unanswered, asked),
      ...(response.kind !== 'none' && {
        note: targetsWords.response(inMs(response.median), inMs(response.max)),
      }),
    }),
    ...(fleet
      ? [
          shown('connected', fleet.absent, {
            measured: targetsWords.devices(fleet.devices - fleet.absent, fleet.devices),
          }),
        ]
      : []),
    ...(connections ? [connectionsTarget(connections)] : []),
    ...(answers.turns === 0 ? [] : answerTargets(figures)),
    ...machineTargets(figures),
    ...(delay
      ? [
          shown('event_loop', delay.median, {
            note: targetsWords.loopWorst(inMs(delay.worst)),
          }),
        ]
      : []),
  ];
}

function connectionsTarget({ most, limit }: { readonly most: number; readonly limit: number }): TargetResult {
  const share = inPercent(most / limit);
  return shown('connections_used', most / limit, {
    measured: targetsWords.connections(most, limit, share),
  });
}

function shown(id: TargetId, value: number | undefined, given: Partial<Omit<TargetResult, 'id'>> = {}): TargetResult {
  const outcome = outcomeOf(id, value);
  return { id, what: TARGETS[id].what, measured: valueText(id, value), bound: limitText(id), outcome, ...given };
}

function answerTargets(figures: Figures): TargetResult[] {
  const { turns, failed, underruns, underrunMs, firstSound } = figures.answers;
  return [
    firstSoundTarget(figures),
    shown('underruns', underruns, {
      measured: underruns === 0 ? targetsWords.never : targetsWords.underruns(underruns, inSeconds(underrunMs)),
    }),
    shown('answered', failed, {
      measured: targetsWords.turns(turns - failed, turns),
    }),
    shown('response', firstSound.kind === 'none' ? undefined : firstSound.max),
  ];
}

function firstSoundTarget({ answers, stages }: Figures): TargetResult {
  const { firstSound, firstSoundMs, devices } = answers;
  const ownMs = devices > 1 ? TARGETS.first_sound.limit : FIRST_SOUND_ALONE_MS;
  const llm = stages['llm_first_chunk'];
  // The offline assistant needs only a few milliseconds. Such a short time is not mentioned.
  const llmMs = llm && llm.kind !== 'none' && llm.median >= 50 ? llm.median : 0;
  const limit = ownMs + llmMs;
  const [own, model] = [inSeconds(ownMs), inSeconds(llmMs)];
  const together = limitText('first_sound', limit);
  const bound = llmMs === 0 ? together : targetsWords.withModel(together, own, model);
  if (firstSound.kind === 'none')
    return shown('first_sound', undefined, {
      bound,
      outcome: 'missed',
      note: targetsWords.neverHeard,
    });
  const { count, median, max } = firstSound;
  if (firstSound.kind === 'many') {
    const p95 = inSeconds(firstSound.p95);
    return shown('first_sound', firstSound.p95, {
      bound,
      outcome: outcomeOf('first_sound', firstSound.p95, limit),
      measured: targetsWords.p95(p95),
      note: targetsWords.ofTurns(count, inSeconds(median)),
    });
  }
  const slow = firstSoundMs.filter((ms) => ms > limit).length;
  const outcome =
    slow === 0 ? 'holds' : median > limit || slow > Math.max(1, SLOW_SHARE * count) ? 'missed' : 'unknown';
  const few: Text = targetsWords.few(count);
  const single: Text = targetsWords.oneTooSlow(few);
  return shown('first_sound', max, {
    bound,
    outcome,
    measured: targetsWords.medianAndWorst(inSeconds(median), inSeconds(max)),
    note: outcome === 'unknown' ? single : few,
  });
}

function machineTargets({ machine }: Figures): TargetResult[] {
  if (!machine) return [];
  const { container, cpuMean, cpuMax, memoryMax } = machine;
  const targets = [
    shown('machine_cpu', cpuMean, {
      ...(outcomeOf('machine_cpu', cpuMean) === 'holds' && {
        note: targetsWords.busiest(inPercent(cpuMax)),
      }),
    }),
    shown('machine_memory', memoryMax),
  ];
  if (container?.cpuMean !== undefined)
    targets.push(
      shown('container_cpu', container.cpuMean, {
        what: targetsWords.containerCpu(container.cpuQuota),
      }),
    );
  if (container?.memoryMax !== undefined) targets.push(shown('container_memory', container.memoryMax));
  return targets;
}
