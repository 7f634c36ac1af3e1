import { ChorusError, parseJson, type Bilingual, type Clock, type Text } from '../../core/index.js';
import { serviceWords } from './service-words.js';

export interface ServiceClientOptions {
  /** Name for messages, which do not tell the model the host. */
  readonly name: Text;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Longest answer that is read. Default: 1 MB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 1024 * 1024;
const MAX_PAUSE_MS = 3_600_000;
const DEFAULT_PAUSE_MS = 30_000;

/**
 * Asks one service for a tool. Every failure is a `tool.failed` in words for the model. A service that requests a pause
 * (429, 503 with `Retry-After`) is not asked during that time.
 */
export class ServiceClient {
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ServiceClientOptions) {}

  /** Requests an answer in JSON. */
  async json(url: URL, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    const text = await this.text(url, init, signal);
    try {
      return parseJson(text);
    } catch {
      throw this.#failure(serviceWords.unreadable(this.options.name));
    }
  }

  async text(url: URL, init: RequestInit, signal: AbortSignal): Promise<string> {
    const { fetch: ask, clock } = this.options;
    const waitMs = this.#notBeforeMs - clock.nowMs();
    if (waitMs > 0) throw this.#pause(waitMs);
    let response: Response;
    try {
      response = await ask(url, { ...init, signal });
    } catch {
      signal.throwIfAborted();
      throw this.#failure(serviceWords.unreachable(this.options.name));
    }
    if (!response.ok) {
      await response.body?.cancel().catch(() => undefined);
      if (response.status === 429 || (response.status === 503 && response.headers.has('retry-after'))) {
        const pauseMs = Math.min(MAX_PAUSE_MS, retryAfterMs(response, clock.wallMs()));
        this.#notBeforeMs = clock.nowMs() + pauseMs;
        throw this.#pause(pauseMs);
      }
      if (response.status === 401 || response.status === 403)
        throw this.#failure(serviceWords.refusesKey(this.options.name));
      throw this.#failure(serviceWords.status(this.options.name, response.status));
    }
    return this.#read(response, signal);
  }

  async #read(response: Response, signal: AbortSignal): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    let bytes = 0;
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        bytes += chunk.byteLength;
        if (bytes > (this.options.maxBytes ?? MAX_BYTES)) throw this.#failure(serviceWords.tooMuch(this.options.name));
        text += decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ChorusError ? error : this.#failure(serviceWords.brokeOff(this.options.name));
    }
    return text + decoder.decode();
  }

  #pause(ms: number): ChorusError {
    return this.#failure(serviceWords.pause(this.options.name, Math.ceil(ms / 1000)));
  }

  #failure(message: Bilingual): ChorusError {
    return new ChorusError('tool.failed', message);
  }
}

function retryAfterMs({ headers }: Response, nowMs: number): number {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? DEFAULT_PAUSE_MS : Math.max(0, at - nowMs);
}
