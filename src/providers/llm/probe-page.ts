import { ChorusError } from '../../core/index.js';
import type { ProbeContext } from '../descriptor.js';
import { readBounded } from '../wire/body.js';
import { asLlmError } from './llm-errors.js';
import { llmWords } from './words.js';

const MAX_BYTES = 4096;

/** Requests a page that costs nothing and changes nothing. Errors: `llm.*`, or the signal's reason. */
export async function probePage(
  url: string,
  apiKey: string | undefined,
  { clock, http, signal }: ProbeContext,
): Promise<void> {
  if ((apiKey ?? '') === '') throw new ChorusError('llm.no_key', llmWords.noKey);
  const headers = { authorization: `Bearer ${apiKey}` };
  try {
    const response = await (http?.fetch ?? fetch)(url, { redirect: 'manual', headers, signal });
    if (response.status >= 300 && response.status < 400) throw new ChorusError('llm.bad_address', llmWords.redirect);
    if (response.ok) {
      await response.body?.cancel();
      return;
    }
    const responseBody = new TextDecoder().decode(await readBounded(response, MAX_BYTES, 'cut'));
    const responseHeaders = Object.fromEntries(response.headers);
    throw asLlmError({ statusCode: response.status, responseBody, responseHeaders }, clock.wallMs());
  } catch (error) {
    signal.throwIfAborted();
    throw asLlmError(error, clock.wallMs());
  }
}
