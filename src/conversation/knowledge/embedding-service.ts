import { z } from 'zod';
import { ChorusError, withTimeout, type Clock } from '../../core/index.js';
import { ServiceClient, serviceWords } from '../../providers/index.js';
import { knowledgeWords } from './words.js';

export interface EmbeddingServiceOptions {
  /** Address of a service with OpenAI's interface, up to and including `/v1`. */
  readonly baseUrl: string;
  /** Undefined if the service needs no key. */
  readonly apiKey: string | undefined;
  readonly model: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** An answer with 32 vectors of 4096 decimal numbers is smaller than this. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_DIMENSIONS = 4096;

// The numbers are checked without zod, because there may be 100,000 of them.
const answer = z.object({
  data: z.array(z.object({ index: z.int().optional(), embedding: z.custom<readonly number[]>(isVector) })),
});

function isVector(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_DIMENSIONS &&
    value.every((one) => typeof one === 'number' && Number.isFinite(one))
  );
}

/**
 * Client of an embedding service with OpenAI's interface. Never tried against a real service. Requests reject with
 * `tool.failed`, `knowledge.no_embedding` or the signal's reason.
 */
export class EmbeddingService {
  readonly #client: ServiceClient;
  readonly #url: URL;

  constructor(private readonly options: EmbeddingServiceOptions) {
    const { baseUrl, fetch, clock } = options;
    this.#client = new ServiceClient({ name: serviceWords.names.embedding, fetch, clock, maxBytes: MAX_BYTES });
    this.#url = new URL(`${baseUrl.replace(/\/+$/, '')}/embeddings`);
  }

  /** Returns one vector for each text, all with the same number of dimensions. `timeoutMs` limits the whole request. */
  embed(texts: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<readonly (readonly number[])[]> {
    const { model, apiKey, clock } = this.options;
    return withTimeout(clock, timeoutMs, signal, onTimeout, async (stop) => {
      const init = {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({ model, input: texts, encoding_format: 'float' }),
      };
      const read = answer.safeParse(await this.#client.json(this.#url, init, stop));
      if (!read.success) throw unreadable();
      // A service may return the vectors in another order than the texts.
      const { data } = read.data;
      const ordered = texts.map((_, at) => data.find(({ index }, place) => (index ?? place) === at)?.embedding);
      const vectors = ordered.filter((one) => one !== undefined);
      if (vectors.length !== texts.length || vectors.some(({ length }) => length !== vectors[0]?.length))
        throw unreadable();
      return vectors;
    });
  }
}

const unreadable = (): ChorusError => new ChorusError('knowledge.no_embedding', knowledgeWords.noVectors);
const onTimeout = (): ChorusError => new ChorusError('knowledge.no_embedding', knowledgeWords.embeddingTimeout);
