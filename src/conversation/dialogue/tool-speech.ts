import { asChorusError, sleep, type Clock } from '../../core/index.js';
import { writeToolResult } from '../../providers/index.js';
import type { ReplyPart } from './conversation-port.js';
import { endsSentence, isWhole, type ReplyText, type TextPart } from './text/index.js';
import type { ToolCalls } from './tool-calls.js';

/** How long a complete sentence waits for text that may belong to it. */
const HELD_MS = 200;

export interface ToolSpeechOptions {
  readonly text: () => ReplyText;
  readonly toolCalls: Pick<ToolCalls, 'bridged'>;
  readonly clock: Clock;
  readonly speak: (parts: readonly TextPart[]) => Generator<ReplyPart>;
}

export interface ToolSpeech {
  /** The text for the model, if the model is asked again. */
  readonly result: string;
  /** True if the tool itself has said the whole answer. If false, the model is asked again. */
  readonly whole: boolean;
}

/** Speaks the text of a tool while the tool still produces it. Throws only if the signal is aborted. */
export async function* toolSpeech(
  stream: AsyncIterable<string>,
  { text: newText, toolCalls, clock, speak }: ToolSpeechOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart, ToolSpeech> {
  const pieces = stream[Symbol.asyncIterator]();
  let text = newText();
  let said = '';
  try {
    for (;;) {
      const next = pieces.next();
      if (endsSentence(said) && !(await isSettledWithin(next, clock, signal))) {
        yield* speak(text.flush());
        text = newText();
      }
      const { done, value } = yield* toolCalls.bridged(next, signal);
      if (done === true) break;
      said += value;
      yield* speak(text.push(value));
    }
  } catch (error) {
    signal.throwIfAborted();
    yield* speak(text.flush().filter(isWhole));
    const { message } = asChorusError(error, 'tool.failed');
    return { whole: false, result: writeToolResult({ ok: false, text: `${message}; until then it said: ${said}` }) };
  } finally {
    pieces.return?.().catch(() => undefined);
  }
  yield* speak(text.flush());
  return { whole: true, result: writeToolResult({ ok: true, text: said }) };
}

/** Resolves with true even if `next` fails. Throws if the signal is aborted. */
async function isSettledWithin(next: Promise<unknown>, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const waiting = new AbortController();
  const settled = next.then(
    () => true,
    () => true,
  );
  const pause = sleep(clock, HELD_MS, waiting.signal).then(
    () => false,
    () => true,
  );
  const is = await Promise.race([settled, pause]);
  waiting.abort();
  signal.throwIfAborted();
  return is;
}
