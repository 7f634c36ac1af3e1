import { translatedError } from '../../core/index.js';
import { standInOptions, type StandInOptions } from '../../measure/bench/index.js';
import type { CliContext } from '../context.js';
import { benchWords } from '../words/bench.js';

/** Flags of local servers that replace the language model and the speech service. */
export interface StandInFlags {
  readonly seed: number;
  readonly llmFirstToken: number;
  readonly llmTokensPerSecond: number;
  /** `mean,spread` in seconds. */
  readonly reply: string;
  readonly ttsFirstByte: number;
  readonly ttsSpeed: number;
  /** JSON, which takes precedence over the flags above. */
  readonly behaviour?: string;
}

/** Error: `bench.bad_input`. */
export function standInsOf(flags: StandInFlags, context: CliContext): StandInOptions {
  const { badValue } = benchWords[context.language];
  const [mean, spread] = twoNumbers(flags.reply, '--reply', context);
  const plain = {
    seed: flags.seed,
    llm: {
      firstTokenMs: { mean: flags.llmFirstToken },
      tokensPerSecond: flags.llmTokensPerSecond,
      replySeconds: { mean, spread, from: Math.max(0.5, mean - 2 * spread), to: mean + 2 * spread },
    },
    tts: { firstByteMs: { mean: flags.ttsFirstByte }, speed: flags.ttsSpeed },
  };
  if (flags.behaviour === undefined) return standInOptions.parse(plain);
  let given: unknown;
  try {
    given = JSON.parse(flags.behaviour);
  } catch {
    throw translatedError('bench.bad_input', badValue('--behaviour', flags.behaviour, 'JSON'));
  }
  const { llm = {}, tts = {}, ...rest } = given as { llm?: object; tts?: object };
  const parsed = standInOptions.safeParse({
    ...plain,
    ...rest,
    llm: { ...plain.llm, ...llm },
    tts: { ...plain.tts, ...tts },
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw translatedError('bench.bad_input', badValue('--behaviour', issue?.path.join('.') ?? '', issue?.message ?? ''));
}

/** Both numbers must be at least 0. Error: `bench.bad_input`. */
export function twoNumbers(text: string, flag: string, context: CliContext): readonly [number, number] {
  const numbers = text.split(',').map(Number);
  const [first, second] = numbers;
  if (first === undefined || second === undefined || numbers.length !== 2 || !(first >= 0) || !(second >= 0))
    throw translatedError('bench.bad_input', benchWords[context.language].badValue(flag, text, 'N,N'));
  return [first, second];
}
