import { ChorusError, quoting, withTimeout, type Bilingual, type UiLanguage } from '../../core/index.js';
import { chosenModel, createLlm, type LlmOptions } from './create-llm.js';
import { llmWords } from './words.js';

type Options = Omit<LlmOptions, 'maxWorkers'>;

/** Enough tokens to begin an answer, even for a reasoning model. */
const MAX_TOKENS_TO_BEGIN = 16;
const MAX_TOKENS = 60;
const MAX_TEXT_CHARS = 500;

export interface LlmTrial {
  readonly firstMs: number;
  readonly totalMs: number;
  /** The answer, shortened to {@link MAX_TEXT_CHARS}. If nothing was asked, a description of the service's offer. */
  readonly text: Bilingual;
}

export interface LlmQuestion {
  readonly prompt: string;
  readonly language: UiLanguage;
}

/**
 * Uses the descriptor's probe, or asks one short question until the answer begins. No fallback is used. Errors:
 * `llm.*`, with the service's own message.
 */
export async function probeLlm(options: Options, signal: AbortSignal): Promise<void> {
  const began = new AbortController();
  try {
    if (await probed(options, signal)) return;
    await ask(options, 'Hello', 'en-US', MAX_TOKENS_TO_BEGIN, AbortSignal.any([signal, began.signal]))
      [Symbol.asyncIterator]()
      .next();
  } catch (error) {
    throw quoting(error);
  } finally {
    began.abort();
  }
}

/** Like {@link probeLlm}, but waits for the whole answer. Errors: `llm.*`. */
export async function tryModel(options: Options, question: LlmQuestion, signal: AbortSignal): Promise<LlmTrial> {
  const { clock } = options;
  const { language, prompt } = question;
  const startMs = clock.nowMs();
  const offer = await probed(options, signal);
  const probedMs = clock.nowMs() - startMs;
  if (offer) return { firstMs: probedMs, totalMs: probedMs, text: offer };
  let firstMs: number | undefined;
  let text = '';
  for await (const delta of ask(options, prompt, language, MAX_TOKENS, signal)) {
    if (delta.type !== 'text') continue;
    firstMs ??= clock.nowMs() - startMs;
    text += delta.text;
    if (text.length > MAX_TEXT_CHARS) break;
  }
  if (firstMs === undefined) throw new ChorusError('llm.failed', llmWords.noText);
  const said = text.trim().slice(0, MAX_TEXT_CHARS);
  return { firstMs, totalMs: clock.nowMs() - startMs, text: { en: said, zh: said } };
}

const late = (): ChorusError => new ChorusError('llm.timeout', llmWords.late);

async function probed(options: Options, signal: AbortSignal): Promise<Bilingual | undefined> {
  const { clock, http, firstTokenMs } = options;
  const { descriptor, settings } = chosenModel(options, 'llm');
  const probe = descriptor.probe?.bind(descriptor, settings);
  if (!probe) return undefined;
  return (
    (await withTimeout(clock, firstTokenMs, signal, late, (inner) => probe({ clock, http, signal: inner }))) ??
    llmWords.reached
  );
}

function ask(options: Options, prompt: string, language: string, maxTokens: number, signal: AbortSignal) {
  const llm = createLlm({ ...options, fallback: undefined, maxWorkers: 1 });
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const messages = [{ role: 'user', content: prompt } as const];
  return llm.stream({ messages, tools: [], maxTokens, language, timeZone }, signal);
}
