import { ERROR_TABLE, isErrorCode, type Bilingual } from '../../core/index.js';
import { LONG_STAGE_MS } from '../../records/index.js';
import type { Summary } from '../statistics.js';
import type { Advice, Text } from '../report/index.js';
import { MUCH, othersShare, worstOf } from './shares.js';
import type { Figures } from './figures.js';
import { REMEDIES } from '../words/remedies.js';
import { inPercent, inSeconds } from '../quantities.js';
import { TARGETS, type TargetId } from '../targets.js';
import { answerAdviceWords } from './words/answer-advice.js';

const CAUSES = ['endpoint', 'admission', 'asr_wait', 'asr_run', 'llm_first_chunk', 'tts_first_audio'] as const;
type NamedStage = (typeof CAUSES)[number];

export function answerAdvice(figures: Figures, missed: ReadonlySet<TargetId>): Advice[] {
  return [
    ...(missed.has('first_sound') || missed.has('response') ? slowAdvice(figures) : slowModelAdvice(figures)),
    ...(missed.has('underruns') ? underrunAdvice(figures) : []),
    ...(missed.has('answered') ? failureAdvice(figures) : []),
  ];
}

function slowAdvice(figures: Figures): Advice[] {
  const { stages, answers, devices } = figures;
  const long = CAUSES.flatMap((stage) => {
    const ms = worstOf(stages[stage]);
    return ms !== undefined && ms > LONG_STAGE_MS[stage] ? [{ stage, ms, summary: stages[stage] }] : [];
  }).sort((a, b) => b.ms - a.ms);
  if (long.length > 0)
    return long.slice(0, 3).map(({ stage, ms, summary }) => ({
      found: answerAdviceWords.stages[stage](answerAdviceWords.took(inSeconds(ms), worstWord(summary))),
      remedies: crowdedOut(figures, stage) ?? STAGE_REMEDIES[stage],
    }));
  const worst = worstOf(answers.firstSound);
  if (worst === undefined) return [];
  return [
    {
      found: answerAdviceWords.firstSound(inSeconds(worst), worstWord(answers.firstSound)),
      remedies: devices === undefined ? [REMEDIES.monitor_here] : [REMEDIES.look_at_network, REMEDIES.fewer_at_once],
    },
  ];
}

/** Returns the only useful remedies if other programs slow down this stage, and undefined otherwise. */
function crowdedOut(figures: Figures, stage: NamedStage): Text[] | undefined {
  const others = othersShare(figures) ?? 0;
  if (
    !['asr_wait', 'asr_run', 'tts_first_audio'].includes(stage) ||
    others <= MUCH ||
    (figures.machine?.cpuMean ?? 0) < TARGETS.machine_cpu.limit
  )
    return undefined;
  return [REMEDIES.others_first(inPercent(others))];
}

/** Advises even if the targets were met, because people wait for a slow language model all the same. */
function slowModelAdvice({ stages }: Figures): Advice[] {
  const summary = stages['llm_first_chunk'];
  if (!summary || summary.kind === 'none' || summary.median <= LONG_STAGE_MS.llm_first_chunk) return [];
  const took = answerAdviceWords.inHalf(inSeconds(summary.median));
  return [
    {
      found: answerAdviceWords.stages.llm_first_chunk(took),
      remedies: STAGE_REMEDIES.llm_first_chunk,
    },
  ];
}

function worstWord(summary: Summary | undefined): Bilingual {
  return summary?.kind === 'many' ? answerAdviceWords.percentile : answerAdviceWords.worst;
}

const STAGE_REMEDIES: Readonly<Record<NamedStage, readonly Text[]>> = {
  endpoint: [REMEDIES.shorter_pause, REMEDIES.noisy_room],
  admission: [REMEDIES.too_many],
  asr_wait: [REMEDIES.faster_recogniser, REMEDIES.more_recognitions, REMEDIES.fewer_at_once],
  asr_run: [REMEDIES.smaller_model, REMEDIES.fewer_at_once],
  llm_first_chunk: [REMEDIES.faster_llm, REMEDIES.shorter_prompt, REMEDIES.more_requests],
  tts_first_audio: [REMEDIES.nearer_voice, REMEDIES.larger_cache],
};

function underrunAdvice({ answers, devices, machine, server, stages }: Figures): Advice[] {
  const found: Text = answerAdviceWords.underruns(answers.underruns, answers.turns);
  const remedies: Text[] = [];
  const predicted = (devices ?? []).reduce((sum, device) => sum + device.underrunsPredicted, 0);
  if (devices !== undefined && predicted === 0) {
    remedies.push(REMEDIES.lost_on_the_way);
  }
  if (machine && (machine.cpuMean > TARGETS.machine_cpu.limit || (machine.waitedForCpu ?? 0) > 0.3)) {
    remedies.push(REMEDIES.cpu_short(inPercent(machine.cpuMean)), REMEDIES.fewer_at_once);
  }
  if ((server.loopDelayP99Ms?.worst ?? 0) > 60) remedies.push(REMEDIES.stood_still);
  const voiceMs = worstOf(stages['tts_first_audio']);
  if (voiceMs !== undefined && voiceMs > LONG_STAGE_MS.tts_first_audio)
    remedies.push(...STAGE_REMEDIES.tts_first_audio);
  if (remedies.length === 0) remedies.push(REMEDIES.more_lead, REMEDIES.fewer_at_once);
  return [{ found, remedies }];
}

function failureAdvice({ answers, failureCodes, server }: Figures): Advice[] {
  const found: Text = answerAdviceWords.unanswered(answers.failed, answers.turns);
  const remedies: Text[] = [];
  const busy = (server.refused ?? 0) + (failureCodes['capacity.busy'] ?? 0);
  if (busy > 0) remedies.push(REMEDIES.busy);
  for (const [code, count] of Object.entries(failureCodes).sort((a, b) => b[1] - a[1])) {
    if (code === 'capacity.busy') continue;
    remedies.push(REMEDIES.ended_in(count, code, remedyOf(code)));
  }
  if (remedies.length === 0) remedies.push(...answers.excuses.map((excuse) => REMEDIES.heard(excuse)));
  if (remedies.length === 0) remedies.push(REMEDIES.see_details);
  return [{ found, remedies }];
}

/** A server of another version may report codes that the error table does not contain. */
function remedyOf(code: string): Bilingual {
  return isErrorCode(code) ? ERROR_TABLE[code].remedy : REMEDIES.see_errors;
}
