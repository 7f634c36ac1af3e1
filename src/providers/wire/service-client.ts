import { ChorusError, parseJson, type Bilingual, type Clock, type Text } from '../../core/index.js';
import { RequestedPause } from './requested-pause.js';
import { serviceWords } from './service-words.js';

export interface ServiceClientOptions {
  /** Messages for the model use this name, not the service's host. */
  readonly name: Text;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Default: 1 MB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Sends the requests of a tool or a memory to one service. Every failure is a `tool.failed` with a message for the
 * model. No request is sent during a pause that the service asked for.
 */
export class ServiceClient {
  readonly #pause: RequestedPause;

  constructor(private readonly options: ServiceClientOptions) {
    this.#pause = new RequestedPause(options.clock);
  }

  async json(url: URL, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    const text = await this.text(url, init, signal);
    try {
      return parseJson(text);
    } catch {
      throw this.#failure(serviceWords.unreadable(this.options.name));
    }
  }

  async text(url: URL, init: RequestInit, signal: AbortSignal): Promise<string> {
    if (this.#pause.leftMs > 0) throw this.#paused();
    let response: Response;
    try {
      response = await this.options.fetch(url, { ...init, signal });
    } catch {
      signal.throwIfAborted();
      throw this.#failure(serviceWords.unreachable(this.options.name));
    }
    if (!response.ok) {
      await response.body?.cancel().catch(() => undefined);
      if (this.#pause.note(response)) throw this.#paused();
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

  #paused(): ChorusError {
    return this.#failure(serviceWords.pause(this.options.name, Math.ceil(this.#pause.leftMs / 1000)));
  }

  #failure(message: Bilingual): ChorusError {
    return new ChorusError('tool.failed', message);
  }
}
