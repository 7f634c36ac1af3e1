import { type Bilingual, ChorusError, type HttpClient, isObject } from '../../../core/index.js';
import { boundedEvents, passedThrough } from '../bounded-events.js';
import { classify } from '../llm-errors.js';
import { llmWords } from '../words.js';

type Fetch = HttpClient['fetch'];

/** The protocol requires text as arguments, but some servers send an object. */
const ARGUMENTS_AS_OBJECT = /"arguments"\s*:\s*\{/;

const LF = 0x0a;

/** Some proxies label an event stream as JSON, and buffer the stream to its end. */
const EVENT_BEGINNING = /^\s*(?:data|event|id|retry)?:/;

/**
 * Converts an unstreamed reply to a stream, and calls `onWholeReply`. Errors: `llm.bad_address`, or the error that the
 * reply describes.
 */
export async function fetchStream(
  ask: Fetch,
  input: Parameters<Fetch>[0],
  init: Parameters<Fetch>[1],
  onWholeReply: () => void,
): Promise<Response> {
  const answer = await ask(input, { ...init, redirect: 'manual' });
  if (answer.status >= 300 && answer.status < 400) throw await badAddress(answer, llmWords.redirectNotFollowed);
  const response = answer.body === null ? answer : new Response(boundedEvents(answer.body), answer);
  if (!response.ok) return response;
  const contentType = response.headers.get('content-type') ?? '';
  if (/^text\/html\b/i.test(contentType)) throw await badAddress(response, llmWords.webPage);
  if (!/^application\/json\b/i.test(contentType)) return withTextArguments(response);
  const body = await response.text();
  const events = EVENT_BEGINNING.test(body) ? body : wholeReply(body);
  if (events === undefined) throw new ChorusError(classify({ status: undefined, body }), llmWords.wholeJson);
  onWholeReply();
  return withTextArguments(eventStream(events));
}

async function badAddress(response: Response, message: Bilingual): Promise<ChorusError> {
  await response.body?.cancel();
  return new ChorusError('llm.bad_address', message, { details: { quote: `HTTP ${response.status}` } });
}

function wholeReply(body: string): string | undefined {
  const reply = parsed(body);
  const choices = reply?.['choices'];
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  const first: unknown = choices[0];
  if (!isObject(first) || !isObject(first['message'])) return undefined;
  const { message, finish_reason: reason } = first;
  const calls: readonly unknown[] = Array.isArray(message['tool_calls']) ? message['tool_calls'] : [];
  const delta = {
    ...message,
    ...(calls.length > 0 && { tool_calls: calls.map((call, index) => ({ index, ...(isObject(call) && call) })) }),
  };
  const event = { ...reply, choices: [{ index: 0, delta, finish_reason: reason ?? 'stop' }] };
  return `data: ${textArguments(JSON.stringify(event))}\n\ndata: [DONE]\n\n`;
}

function withTextArguments(response: Response): Response {
  if (response.body === null) return response;
  let rest: Uint8Array[] = [];
  return eventStream(
    passedThrough(response.body, {
      chunk(bytes) {
        const end = bytes.lastIndexOf(LF) + 1;
        if (end === 0) {
          rest.push(bytes);
          return undefined;
        }
        const lines = Buffer.concat([...rest, bytes.subarray(0, end)]);
        rest = end < bytes.byteLength ? [bytes.subarray(end)] : [];
        return eventLines(lines);
      },
      rest: () => eventLines(Buffer.concat(rest)),
    }),
  );
}

/** Most events contain no call, so their bytes are not decoded. */
function eventLines(lines: Buffer): Uint8Array {
  if (!lines.includes('"arguments"')) return lines;
  return Buffer.from(lines.toString('utf8').split('\n').map(eventLine).join('\n'));
}

function eventLine(line: string): string {
  return line.startsWith('data:') && ARGUMENTS_AS_OBJECT.test(line) ? `data: ${textArguments(line.slice(5))}` : line;
}

function textArguments(json: string): string {
  if (!ARGUMENTS_AS_OBJECT.test(json)) return json;
  try {
    return JSON.stringify(JSON.parse(json), (key, value: unknown) =>
      key === 'arguments' && isObject(value) ? JSON.stringify(value) : value,
    );
  } catch {
    return json; // The stream's reader reports the error.
  }
}

function eventStream(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
