import { quoting } from '../../core/index.js';
import { createLlm, type LlmOptions } from './create-llm.js';

/** Enough tokens for a model that thinks before it speaks to have begun. */
const MAX_TOKENS = 16;

/**
 * Asks the model one short thing, without a fallback, until it begins to answer. Errors as of an answer: `llm.*`. The
 * offline assistant always works.
 */
export async function probeLlm(options: Omit<LlmOptions, 'maxWorkers'>, signal: AbortSignal): Promise<void> {
  const llm = createLlm({ ...options, fallback: undefined, maxWorkers: 1 });
  const request = {
    messages: [{ role: 'user', content: 'Hello' }],
    tools: [],
    maxTokens: MAX_TOKENS,
    language: 'en-US',
    timeZone: 'UTC',
  } as const;
  const began = new AbortController();
  try {
    await llm
      .stream(request, AbortSignal.any([signal, began.signal]))
      [Symbol.asyncIterator]()
      .next();
  } catch (error) {
    throw quoting(error);
  } finally {
    began.abort();
  }
}
