import { z } from 'zod';
import { writeWav, LISTEN_RATE_HZ } from '../../audio/index.js';
import { asChorusError, ChorusError, withTimeout, type Clock } from '../../core/index.js';
import { ServiceClient, serviceWords } from '../../providers/index.js';
import type { Voiceprints } from './voiceprint-port.js';

export interface VoiceprintApiOptions {
  /**
   * Address of the server. The address of its health check with `?key=`, as in the settings of the Python server for
   * xiaozhi, also works.
   */
  readonly url: string;
  /** If undefined, the `key` in the address is used. */
  readonly apiKey: string | undefined;
  /** Lowest similarity at which a voice counts as known, 0 to 1. */
  readonly threshold: number;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

const TIMEOUT_MS = 10_000;

const identified = z.object({ speaker_id: z.string(), score: z.number() });
const onTimeout = (): ChorusError =>
  new ChorusError('voiceprint.failed', 'the voiceprint service did not answer in time');
const confirmed = z.object({ success: z.literal(true) });

/** Client of the "voiceprint-api" server of the xiaozhi community. Never tried against the real server. */
export class VoiceprintApi implements Voiceprints {
  readonly #client: ServiceClient;
  readonly #base: string;
  readonly #key: string;

  constructor(private readonly options: VoiceprintApiOptions) {
    const { url, apiKey, fetch, clock } = options;
    this.#client = new ServiceClient({ name: serviceWords.names.voiceprint, fetch, clock });
    const address = new URL(url);
    this.#key = apiKey ?? address.searchParams.get('key') ?? '';
    this.#base = `${address.origin}/voiceprint`;
  }

  async register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void> {
    const form = new FormData();
    form.set('speaker_id', id);
    const answer = confirmed.safeParse(await this.#ask('/register', 'POST', withSound(form, pcm), signal));
    if (!answer.success) throw new ChorusError('voiceprint.failed', 'the voiceprint service did not keep the voice');
  }

  async identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<string | undefined> {
    if (ids.length === 0) return undefined;
    const form = new FormData();
    form.set('speaker_ids', ids.join(','));
    const answer = identified.safeParse(await this.#ask('/identify', 'POST', withSound(form, pcm), signal));
    if (!answer.success)
      throw new ChorusError('voiceprint.failed', 'the voiceprint service answered with something unreadable');
    const { speaker_id: id, score } = answer.data;
    return score >= this.options.threshold && ids.includes(id) ? id : undefined;
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#ask(`/${encodeURIComponent(id)}`, 'DELETE', undefined, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!asChorusError(error).message.endsWith('HTTP 404')) throw error;
    }
  }

  #ask(path: string, method: string, body: FormData | undefined, signal: AbortSignal): Promise<unknown> {
    return withTimeout(this.options.clock, TIMEOUT_MS, signal, onTimeout, async (stop) => {
      const authorization = `Bearer ${this.#key}`;
      // The HTTP client that keeps connections open accepts only bytes as a body.
      const encoded = body && new Response(body);
      const init: RequestInit = encoded
        ? {
            method,
            headers: { authorization, 'content-type': encoded.headers.get('content-type') ?? '' },
            body: new Uint8Array(await encoded.arrayBuffer()),
          }
        : { method, headers: { authorization } };
      try {
        return await this.#client.json(new URL(this.#base + path), init, stop);
      } catch (error) {
        stop.throwIfAborted();
        throw new ChorusError('voiceprint.failed', asChorusError(error).message, { cause: error });
      }
    });
  }
}

/** The server requires a file whose name ends with `.wav`. */
function withSound(form: FormData, pcm: Int16Array): FormData {
  const wav = writeWav({ rateHz: LISTEN_RATE_HZ, pcm });
  form.set('file', new Blob([new Uint8Array(wav)], { type: 'audio/wav' }), 'voice.wav');
  return form;
}
