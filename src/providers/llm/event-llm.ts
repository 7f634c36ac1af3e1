import { Cancelled, ChorusError, type Clock, type HttpClient } from '../../core/index.js';
import type { LanguageModelContext, LanguageModelSettings } from '../descriptor.js';
import { isLocalAddress } from '../settings.js';
import { objectOf, parseObject, withoutSlash } from '../wire/http.js';
import type { LlmDelta, LlmProvider, LlmRequest } from './llm-port.js';
import { boundedEvents } from './bounded-events.js';
import { asLlmError } from './llm-errors.js';
import { ReplyTimer } from './reply-timer.js';
import { llmWords } from './words.js';

type Json = Readonly<Record<string, unknown>>;

/** `name` is empty if the event has no `event:` line. */
export interface ServiceEvent {
  readonly name: string;
  readonly data: Json;
}

/** Reads the events of one answer. Throws if an event describes an error. */
export interface EventReader {
  read(event: ServiceEvent): Iterable<LlmDelta>;
  readonly done: boolean;
}

export interface EventDialect {
  readonly name: string;
  /** If true, the answer is one JSON object, which is read as one unnamed event. */
  readonly whole?: true;
  request(
    request: LlmRequest,
    settings: DialectSettings,
  ): {
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Json;
  };
  reader(request: LlmRequest): EventReader;
}

export type DialectSettings = Pick<LanguageModelSettings, 'model' | 'temperature'> & { readonly apiKey: string };

export const failed = (data: Json): ChorusError => asLlmError({ ...data }, 0);

/**
 * A language model with its own protocol. Errors: `llm.*`. The connection closes when the reader stops early or aborts.
 */
export function createEventLlm(
  dialect: EventDialect,
  settings: LanguageModelSettings,
  { clock, http }: LanguageModelContext,
): LlmProvider {
  const { baseUrl, model, apiKey = '', firstTokenMs: silenceMs, replyMs, temperature } = settings;
  const base = withoutSlash(baseUrl);
  const { name } = dialect;
  return {
    id: `${name}:${model}`,
    local: isLocalAddress(baseUrl),
    expect: () => {
      if (apiKey !== '') http?.open?.(base);
    },
    async *stream(request, signal) {
      signal.throwIfAborted();
      if (apiKey === '') throw new ChorusError('llm.no_key', llmWords.needsKey(name));
      const connection = new AbortController();
      const onAbort = (): void => connection.abort(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const timer = new ReplyTimer(clock, { silenceMs, replyMs });
      const asked = dialect.request(request, { model: request.model ?? model, temperature, apiKey });
      try {
        const body = await timer.wait(signal, () =>
          open(`${base}${asked.path}`, asked, dialect, connection.signal, clock, http),
        );
        yield* deltas(dialect.whole ? oneEvent(body) : eventsOf(body), dialect.reader(request), timer, signal);
      } catch (error) {
        throw signal.aborted ? signal.reason : asLlmError(error, clock.wallMs());
      } finally {
        signal.removeEventListener('abort', onAbort);
        connection.abort(new Cancelled('reply ended'));
      }
    },
  };
}

async function open(
  url: string,
  { headers, body }: ReturnType<EventDialect['request']>,
  { whole }: EventDialect,
  signal: AbortSignal,
  clock: Clock,
  http: HttpClient | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const response = await (http?.fetch ?? fetch)(url, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      accept: whole ? 'application/json' : 'text/event-stream',
      ...headers,
    },
    body: JSON.stringify(body),
    signal,
  });
  if (response.status >= 300 && response.status < 400) throw new ChorusError('llm.bad_address', llmWords.redirect);
  const events = response.body && boundedEvents(response.body);
  const wanted = whole ? /^application\/json\b/i : /^text\/event-stream\b/i;
  if (response.ok && events && wanted.test(response.headers.get('content-type') ?? '')) return events;
  const text = events ? await new Response(events).text() : '';
  if (!response.ok)
    throw asLlmError(
      { statusCode: response.status, responseBody: text, responseHeaders: Object.fromEntries(response.headers) },
      clock.wallMs(),
    );
  // Some services send errors with status 200.
  const complaint = parseObject(text);
  throw complaint ? failed(complaint) : new ChorusError('llm.bad_address', llmWords.noStream);
}

async function* deltas(
  from: AsyncGenerator<ServiceEvent, void>,
  reader: EventReader,
  timer: ReplyTimer,
  signal: AbortSignal,
): AsyncGenerator<LlmDelta> {
  const events = from[Symbol.asyncIterator]();
  let some = false;
  for (;;) {
    const { done, value } = await timer.wait(signal, () => events.next());
    if (done === true) break;
    some = true;
    for (const delta of reader.read(value)) {
      timer.heard();
      yield delta;
    }
    if (reader.done) return;
  }
  throw new ChorusError(some ? 'llm.server_error' : 'llm.failed', llmWords.brokeOff);
}

async function* oneEvent(body: ReadableStream<Uint8Array>): AsyncGenerator<ServiceEvent, void> {
  const data = parseObject(await new Response(body).text());
  if (data) yield { name: '', data };
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServiceEvent, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field, value = ''] = /^(event|data):\s*(.*?)\r?$/su.exec(line) ?? [];
      if (field === 'event') name = value;
      const data = field === 'data' ? parseObject(value) : undefined;
      if (data) yield { name, data };
      if (line.trim() === '') name = '';
    }
  }
}

export const member = (value: Json, name: string): Json => objectOf(value[name]) ?? {};

export const numberIn = (value: Json, name: string): number | undefined =>
  typeof value[name] === 'number' ? value[name] : undefined;

export function apart(request: LlmRequest): {
  readonly system: string;
  readonly talk: readonly Exclude<LlmRequest['messages'][number], { role: 'system' }>[];
} {
  const talk = request.messages.filter((message) => message.role !== 'system');
  const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return { system: system.join('\n\n'), talk };
}

/** Tool results count as messages of the user. */
export function alternating<Part>(
  talk: ReturnType<typeof apart>['talk'],
  partsOf: (message: LlmRequest['messages'][number]) => readonly Part[],
): readonly { readonly role: 'user' | 'assistant'; readonly parts: readonly Part[] }[] {
  const turns: { role: 'user' | 'assistant'; parts: Part[] }[] = [];
  for (const message of talk) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const parts = partsOf(message);
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) turns.push({ role, parts: [...parts] });
  }
  return turns;
}
