import { ERROR_TABLE, isErrorCode, type Bilingual } from '../../core/index.js';
import type { Summary } from '../statistics.js';
import type { Advice, Text } from '../report/index.js';
import { MUCH, othersShare, worstOf } from './shares.js';
import type { Figures } from './figures.js';
import { REMEDIES } from './remedies.js';
import { inPercent, inSeconds } from '../quantities.js';
import type { TargetId } from '../targets.js';

/** A stage that is longer at its worst (95th percentile from 200 turns on) is named as a cause. Milliseconds. */
const LONG = {
  endpoint: 900,
  admission: 300,
  asr_wait: 300,
  asr_run: 700,
  llm_first_chunk: 1000,
  tts_first_audio: 600,
} as const;
type NamedStage = keyof typeof LONG;

/** Advice on answers that came late, broke off, or did not come. */
export function answerAdvice(figures: Figures, missed: ReadonlySet<TargetId>): Advice[] {
  return [
    ...(missed.has('first_sound') || missed.has('response') ? slowAdvice(figures) : slowModelAdvice(figures)),
    ...(missed.has('underruns') ? underrunAdvice(figures) : []),
    ...(missed.has('answered') ? failureAdvice(figures) : []),
  ];
}

/** Advice on the stages that were long, the longest first. */
function slowAdvice(figures: Figures): Advice[] {
  const { stages, answers, devices } = figures;
  const long = (Object.keys(LONG) as NamedStage[])
    .flatMap((stage) => {
      const ms = worstOf(stages[stage]);
      return ms !== undefined && ms > LONG[stage] ? [{ stage, ms, summary: stages[stage] }] : [];
    })
    .sort((a, b) => b.ms - a.ms);
  if (long.length > 0)
    return long.slice(0, 3).map(({ stage, ms, summary }) => ({
      found: STAGE_FOUND[stage](
        `${inSeconds(ms).en} ${worstWord(summary).en}`,
        `${worstWord(summary).zh} ${inSeconds(ms).zh}`,
      ),
      remedies: crowdedOut(figures, stage) ?? STAGE_REMEDIES[stage],
    }));
  const worst = worstOf(answers.firstSound);
  if (worst === undefined) return [];
  return [
    {
      found: {
        en: `The first sound came after ${inSeconds(worst).en} ${worstWord(answers.firstSound).en}.`,
        zh: `第一声${worstWord(answers.firstSound).zh} ${inSeconds(worst).zh}后才响起。`,
      },
      remedies: devices === undefined ? [REMEDIES.monitor_here] : [REMEDIES.look_at_network, REMEDIES.fewer_at_once],
    },
  ];
}

/**
 * Remedies for a stage that is computed here and is slow because other programs use the CPU: nothing else is worth
 * changing first. Undefined: other programs are not the cause.
 */
function crowdedOut(figures: Figures, stage: NamedStage): Text[] | undefined {
  const others = othersShare(figures) ?? 0;
  if (
    !['asr_wait', 'asr_run', 'tts_first_audio'].includes(stage) ||
    others <= MUCH ||
    (figures.machine?.cpuMean ?? 0) < 0.7
  )
    return undefined;
  return [
    {
      en: `Other programs had ${inPercent(others)} of the CPU meanwhile: that comes first.`,
      zh: `当时其他程序占了 ${inPercent(others)} 的 CPU：先解决它。`,
    },
  ];
}

/** The language model's own time is no fault of the server, but people wait for it all the same. */
function slowModelAdvice({ stages }: Figures): Advice[] {
  const summary = stages['llm_first_chunk'];
  if (!summary || summary.kind === 'none' || summary.median <= LONG.llm_first_chunk) return [];
  const { en, zh } = inSeconds(summary.median);
  return [
    {
      found: STAGE_FOUND.llm_first_chunk(`${en} in half of the turns, or longer,`, `在一半的轮次里要 ${zh}或更久`),
      remedies: STAGE_REMEDIES.llm_first_chunk,
    },
  ];
}

function worstWord(summary: Summary | undefined): Bilingual {
  return summary?.kind === 'many'
    ? { en: 'at the 95th percentile', zh: '在 95 百分位' }
    : { en: 'at worst', zh: '最长' };
}

const STAGE_FOUND: Readonly<Record<NamedStage, (en: string, zh: string) => Text>> = {
  endpoint: (en, zh) => ({ en: `It took ${en} to be sure that the person had finished.`, zh: `判断用户说完了${zh}。` }),
  admission: (en, zh) => ({
    en: `Devices waited ${en} for permission to talk, because others were talking.`,
    zh: `设备${zh}才轮到对话，因为别的设备在说话。`,
  }),
  asr_wait: (en, zh) => ({ en: `The speech recognition queue waited ${en}.`, zh: `语音识别排队${zh}。` }),
  asr_run: (en, zh) => ({ en: `Speech recognition itself took ${en}.`, zh: `语音识别本身${zh}。` }),
  llm_first_chunk: (en, zh) => ({
    en: `The language model took ${en} to its first sentence.`,
    zh: `大模型${zh}才给出第一句。`,
  }),
  tts_first_audio: (en, zh) => ({ en: `The voice took ${en} to its first sound.`, zh: `语音合成${zh}才出声。` }),
};

const STAGE_REMEDIES: Readonly<Record<NamedStage, readonly Text[]>> = {
  endpoint: [REMEDIES.shorter_pause, REMEDIES.noisy_room],
  admission: [REMEDIES.too_many],
  asr_wait: [REMEDIES.faster_recogniser, REMEDIES.more_recognitions, REMEDIES.fewer_at_once],
  asr_run: [REMEDIES.smaller_model, REMEDIES.fewer_at_once],
  llm_first_chunk: [REMEDIES.faster_llm, REMEDIES.shorter_prompt, REMEDIES.more_requests],
  tts_first_audio: [REMEDIES.nearer_voice, REMEDIES.larger_cache],
};

function underrunAdvice({ answers, devices, machine, server, stages }: Figures): Advice[] {
  const found: Text = {
    en: `The sound broke ${answers.underruns} times in ${answers.turns} turns.`,
    zh: `${answers.turns} 轮中声音断了 ${answers.underruns} 次。`,
  };
  const remedies: Text[] = [];
  const predicted = (devices ?? []).reduce((sum, device) => sum + device.underrunsPredicted, 0);
  if (devices !== undefined && predicted === 0) {
    remedies.push(REMEDIES.lost_on_the_way);
  }
  if (machine && (machine.cpuMean > 0.7 || (machine.waitedForCpu ?? 0) > 0.3)) {
    remedies.push(
      {
        en:
          `The CPU was short (${inPercent(machine.cpuMean)} busy): voices could ` +
          'not be made as fast as they are spoken.',
        zh: `CPU 不够（${inPercent(machine.cpuMean)} 在忙）：声音来不及合成。`,
      },
      REMEDIES.fewer_at_once,
    );
  }
  if ((server.loopDelayP99Ms?.worst ?? 0) > 60) remedies.push(REMEDIES.stood_still);
  const voiceMs = worstOf(stages['tts_first_audio']);
  if (voiceMs !== undefined && voiceMs > LONG.tts_first_audio) remedies.push(...STAGE_REMEDIES.tts_first_audio);
  if (remedies.length === 0) remedies.push(REMEDIES.more_lead, REMEDIES.fewer_at_once);
  return [{ found, remedies }];
}

function failureAdvice({ answers, failureCodes, server }: Figures): Advice[] {
  const found: Text = {
    en: `${answers.failed} of ${answers.turns} turns got no complete answer.`,
    zh: `${answers.turns} 轮中有 ${answers.failed} 轮没有得到完整的回答。`,
  };
  const remedies: Text[] = [];
  const busy = (server.refused ?? 0) + (failureCodes['capacity.busy'] ?? 0);
  if (busy > 0) remedies.push(REMEDIES.busy);
  for (const [code, count] of Object.entries(failureCodes).sort((a, b) => b[1] - a[1])) {
    if (code === 'capacity.busy') continue;
    const { en, zh } = remedyOf(code);
    remedies.push({
      en: `${count} ${count === 1 ? 'turn' : 'turns'} ended in \`${code}\`: ${en}`,
      zh: `${count} 轮以 \`${code}\` 结束：${zh}`,
    });
  }
  if (remedies.length === 0)
    remedies.push(
      ...answers.excuses.map((excuse) => ({
        en: `The devices heard: “${excuse}”`,
        zh: `设备听到的是：“${excuse}”`,
      })),
    );
  if (remedies.length === 0) remedies.push(REMEDIES.see_details);
  return [{ found, remedies }];
}

/** The remedy from the error table. For a code of another version: where to look. */
function remedyOf(code: string): Bilingual {
  return isErrorCode(code)
    ? ERROR_TABLE[code].remedy
    : { en: 'docs/errors.md says what it is and what to do.', zh: 'docs/errors.zh-CN.md 里写了它是什么、怎么办。' };
}
