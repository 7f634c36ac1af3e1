import { both } from '../../core/index.js';
import { parseObject } from './http.js';
import { serviceError } from './refusal.js';

/** A longer line is no event of a voice: 2 MB. */
const MAX_LINE_CHARS = 2 * 1024 * 1024;

/** The JSON objects of a stream of server-sent events. Errors: `tts.failed`. */
export async function* eventsOf(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Readonly<Record<string, unknown>>, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    // Only the new text is searched: a long line may come in thousands of pieces.
    const [first = '', ...lines] = decoder.decode(chunk, { stream: true }).split('\n');
    rest += first;
    if (rest.length > MAX_LINE_CHARS)
      throw serviceError('tts', 'failed', both('sent a line without end', '发来的一行没有尽头'));
    const last = lines.pop();
    if (last === undefined) continue;
    yield* objects([rest, ...lines]);
    rest = last;
  }
  yield* objects([rest]);
}

function* objects(lines: readonly string[]): Generator<Readonly<Record<string, unknown>>, void> {
  for (const line of lines) {
    // A line without `data:` may be a plain JSON answer. Errors come in this form.
    const value = parseObject(line.replace(/^data:\s*/u, '').trim());
    if (value) yield value;
  }
}
