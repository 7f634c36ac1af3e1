import { z } from 'zod';
import { type Bilingual, ChorusError, describeError, ERROR_TABLE, type ErrorCode } from '../core/index.js';
import { LONG_STAGE_MS, SMOOTH_WITHIN_MS, type TurnRecord } from '../records/index.js';
import { bilingual } from './shapes.js';
import { verdictWords } from './words/verdict.js';

/** How well a turn went, in one word and in one sentence for a person. */
export const turnVerdict = z.object({
  kind: z
    .enum([
      'smooth',
      'stuttered',
      'slow_recognition',
      'slow_model',
      'slow_voice',
      'waited',
      'failed',
      'busy',
      'not_understood',
      'interrupted',
      'nothing',
    ])
    .meta({
      description:
        'waited: for its turn, because others talked. nothing: ' +
        'sound that was no speech, or given up before it was understood.',
    }),
  good: z.boolean(),
  text: bilingual,
});
export type TurnVerdict = z.output<typeof turnVerdict>;

/** Stages that can make a turn slow. The first one wins a tie. */
const CAUSES = ['admission', 'asr_wait', 'transcript', 'llm_first_chunk', 'tts_first_audio'] as const;

type Kind = TurnVerdict['kind'];

/** Judges a turn from the speaker's point of view. */
export function verdictOfTurn({
  outcome,
  code,
  underruns,
  underrunMs,
  stagesMs,
  overheard,
}: Pick<TurnRecord, 'outcome' | 'code' | 'underruns' | 'underrunMs' | 'stagesMs' | 'overheard'>): TurnVerdict {
  switch (outcome) {
    case 'failed':
      return verdict('failed', false, code === undefined ? verdictWords.noAnswer : verdictWords.failed(causeOf(code)));
    case 'busy':
      return verdict('busy', false, verdictWords.busy);
    case 'not_understood':
      return verdict('not_understood', false, verdictWords.notUnderstood);
    case 'empty':
    case 'abandoned':
      return verdict(
        'nothing',
        true,
        overheard === undefined ? verdictWords.noSpeech : verdictWords.overheard[overheard],
      );
    default:
  }
  if (underruns > 0) return verdict('stuttered', false, verdictWords.stuttered(underruns, duration(underrunMs)));
  const slow = slowest(stagesMs);
  if (slow) return slow;
  if (outcome === 'interrupted') return verdict('interrupted', true, verdictWords.interrupted);
  return verdict('smooth', true, verdictWords.smooth);
}

/** Finds the stage that exceeded its usual time most. Undefined if none did, or if the answer came soon enough. */
function slowest(stagesMs: TurnRecord['stagesMs']): TurnVerdict | undefined {
  if ((stagesMs.speech_end_to_first_packet ?? 0) <= SMOOTH_WITHIN_MS) return undefined;
  const excess = CAUSES.map((stage) => ({
    stage,
    ms: stagesMs[stage] ?? 0,
    over: (stagesMs[stage] ?? 0) - LONG_STAGE_MS[stage],
  }));
  const [worst] = excess.filter(({ over }) => over > 0).toSorted((a, b) => b.over - a.over);
  if (!worst) return undefined;
  const { stage, ms } = worst;
  switch (stage) {
    case 'admission':
    case 'asr_wait':
      return verdict('waited', false, verdictWords.waited(duration(ms)));
    case 'transcript':
      return verdict('slow_recognition', false, verdictWords.slowRecognition(duration(ms)));
    case 'llm_first_chunk':
      return verdict('slow_model', false, verdictWords.slowModel(duration(ms)));
    default:
      return verdict('slow_voice', false, verdictWords.slowVoice(duration(ms)));
  }
}

const causeOf = (code: ErrorCode): Bilingual => ({
  en: ERROR_TABLE[code].cause.en,
  zh: `${describeError(new ChorusError(code, ERROR_TABLE[code].cause.en), 'zh')}。`,
});

function verdict(kind: Kind, good: boolean, text: Bilingual): TurnVerdict {
  return { kind, good, text };
}

/** Below 0.1 s, milliseconds are shown, because "0.0 s" would say that nothing happened. */
const duration = (ms: number): Bilingual =>
  ms < 100 ? verdictWords.milliseconds(Math.round(ms)) : verdictWords.seconds((ms / 1000).toFixed(1));
