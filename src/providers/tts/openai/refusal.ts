import { ChorusError, type ErrorCode } from '../../../core/index.js';

/** Of an error's body this much is read; the rest is not waited for. */
const MAX_BODY_CHARS = 2_000;
const MAX_MESSAGE_CHARS = 200;

/** What a status other than 2xx means, with the service's own words where it has some. Errors: the signal's reason. */
export async function refusal(response: Response, signal: AbortSignal): Promise<ChorusError> {
  const words = await firstWords(response, signal);
  return new ChorusError(
    codeOf(response.status),
    `the speech service answered ${response.status}${words === '' ? '' : `: ${words}`}`,
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 429 || status === 402) return 'tts.rate_limited';
  if (status === 408 || status >= 500) return 'tts.failed';
  return 'tts.rejected';
}

async function firstWords(response: Response, signal: AbortSignal): Promise<string> {
  const text = await readText(response, signal);
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/u.exec(text)?.[1] ?? '';
  // Some services repeat the key that they refuse.
  return message
    .replace(/\b(?:sk|key)-[\w*-]+/giu, '***')
    .replace(/\s+/gu, ' ')
    .slice(0, MAX_MESSAGE_CHARS);
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length >= MAX_BODY_CHARS) break;
    }
  } catch {
    // The status has said enough.
    signal.throwIfAborted();
  }
  return text;
}
