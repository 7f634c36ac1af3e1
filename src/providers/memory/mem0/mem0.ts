import { z } from 'zod';
import {
  asChorusError,
  ChorusError,
  parseJson,
  withTimeout,
  type Clock,
  type HttpClient,
} from '../../../core/index.js';
import { ServiceClient } from '../../wire/service-client.js';
import type { MemoryService, RememberedExchange } from '../memory-port.js';

export interface Mem0Options {
  /** `https://api.mem0.ai`, or the address of a self-hosted server. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly http: HttpClient;
  readonly clock: Clock;
}

const found = z.union([
  z.array(z.object({ memory: z.string() })),
  z.object({ results: z.array(z.object({ memory: z.string() })) }),
]);
const TIMEOUT_MS = 10_000;
const MAX_FOUND = 8;
const MAX_CHARS = 300;

const onTimeout = (): ChorusError => new ChorusError('memory.failed', 'mem0 did not answer in time');

export const isHosted = (baseUrl: string): boolean => new URL(baseUrl).hostname.endsWith('mem0.ai');

export class Mem0 implements MemoryService {
  readonly #client: ServiceClient;

  constructor(private readonly options: Mem0Options) {
    const { http, clock } = options;
    this.#client = new ServiceClient({ name: 'mem0', fetch: http.fetch, clock });
  }

  async search(query: string, userId: string, signal: AbortSignal): Promise<readonly string[]> {
    const path = this.#hosted ? '/v2/memories/search/' : '/search';
    const body = this.#hosted
      ? { query, filters: { AND: [{ user_id: userId }] }, top_k: MAX_FOUND }
      : { query, user_id: userId, limit: MAX_FOUND };
    const answer = found.safeParse(await this.#call('POST', path, body, signal));
    if (!answer.success) throw new ChorusError('memory.failed', 'mem0 answered with something unreadable');
    const results = Array.isArray(answer.data) ? answer.data : answer.data.results;
    return results.slice(0, MAX_FOUND).map(({ memory }) => memory.slice(0, MAX_CHARS));
  }

  async add(exchanges: readonly RememberedExchange[], userId: string, signal: AbortSignal): Promise<void> {
    const messages = exchanges.flatMap(({ user, reply }) => [
      { role: 'user', content: user },
      ...(reply === '' ? [] : [{ role: 'assistant', content: reply }]),
    ]);
    await this.#call('POST', this.#hosted ? '/v1/memories/' : '/memories', { messages, user_id: userId }, signal);
  }

  async forget(userId: string, signal: AbortSignal): Promise<void> {
    const path = this.#hosted ? '/v1/memories/' : '/memories';
    await this.#call('DELETE', `${path}?user_id=${encodeURIComponent(userId)}`, undefined, signal);
  }

  get #hosted(): boolean {
    return isHosted(this.options.baseUrl);
  }

  #call(method: 'POST' | 'DELETE', path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const { baseUrl, apiKey, clock } = this.options;
    return withTimeout(clock, TIMEOUT_MS, signal, onTimeout, async (stop) => {
      const init: RequestInit = {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(apiKey !== undefined && { authorization: `Token ${apiKey}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
      try {
        const text = await this.#client.text(new URL(`${baseUrl.replace(/\/+$/, '')}${path}`), init, stop);
        return text === '' ? undefined : parseAnswer(text);
      } catch (error) {
        stop.throwIfAborted();
        const { message } = asChorusError(error, 'memory.failed');
        throw new ChorusError('memory.failed', message, { cause: error });
      }
    });
  }
}

function parseAnswer(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new ChorusError('memory.failed', 'mem0 answered with something unreadable');
  }
}
