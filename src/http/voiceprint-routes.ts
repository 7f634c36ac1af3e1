import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { speechOfWav } from '../audio/index.js';
import type { ServedVoiceprints } from '../conversation/people/index.js';
import { asChorusError, sparing, type Clock, type Logger, type Scope } from '../core/index.js';
import { readForm, type FormFault } from '../platform/inbound/form/index.js';
import { sameSecret, limitKey, type Peer, RateLimiter, WRONG_CREDENTIALS } from '../platform/inbound/index.js';

export interface VoiceprintRouteOptions {
  readonly voiceprints: ServedVoiceprints;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
}

/** The original voiceprint-api refuses smaller files. */
const LEAST_FILE_BYTES = 1000;
/** `fileBytes` is enough for half a minute in stereo at 48 kHz. */
const LIMITS = { fieldBytes: 8192, fileBytes: 6 * 2 ** 20 };
const MAX_IDS = 100;
const MAX_ID_CHARS = 64;
/** The minimum score of the original voiceprint-api. The programs that call it use 0.4. */
const LEAST_SCORE = 0.2;
/** Most forms at a time, because each stays in memory until it is answered. */
const MOST_AT_ONCE = 8;

/** Serves the four calls of the xiaozhi community's voiceprint-api. Errors have the form `{detail}`. */
export function registerVoiceprintRoutes(app: FastifyInstance, options: VoiceprintRouteOptions): void {
  const requests = new VoiceprintRequests(options);
  const { voiceprints } = options;
  void app.register(async (routes) => {
    routes.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
    routes.addHook('onRequest', async (request) => requests.admit(request));
    routes.setErrorHandler((thrown, _request, reply) => requests.failed(thrown, reply));
    routes.get('/voiceprint/health', async () => ({
      total_voiceprints: await voiceprints.total(),
      status: 'healthy',
    }));
    routes.post('/voiceprint/register', (request) => requests.register(request));
    routes.post('/voiceprint/identify', (request) => requests.identify(request));
    routes.delete<{ Params: { id: string } }>('/voiceprint/:id', async ({ params }) => {
      const id = idOf(params.id);
      if (!(await voiceprints.remove(id))) throw new Refused(404, `there is no voice ${id}`);
      return { success: true, msg: `已删除: ${id}` };
    });
  });
}

class VoiceprintRequests {
  readonly #refusals: RateLimiter;
  readonly #log: Logger;
  #running = 0;

  constructor(private readonly options: VoiceprintRouteOptions) {
    this.#refusals = new RateLimiter(WRONG_CREDENTIALS, options.clock);
    this.#log = sparing(options.log, options.clock);
  }

  /** Refuses a wrong key before the body is read. */
  admit(request: FastifyRequest): void {
    const { key } = this.options.voiceprints;
    if (key === undefined) throw new Refused(404, 'voiceprint.serve_key is not set');
    if (sameSecret(keyOf(request), key)) return;
    const { address } = this.options.peerOf(request);
    if (!this.#refusals.take(limitKey(address))) throw new Refused(429, 'too many wrong keys');
    this.#log.info('a request for voiceprints was refused: wrong key', { address });
    throw new Refused(401, 'the key is wrong');
  }

  async failed(thrown: unknown, reply: FastifyReply): Promise<FastifyReply> {
    if (thrown instanceof Refused) return reply.code(thrown.status).send({ detail: thrown.message });
    const { code, message } = asChorusError(thrown);
    if (code === 'audio.undecodable') return reply.code(400).send({ detail: message });
    this.#log.warn('a request for voiceprints failed', { code, reason: message });
    return reply.code(503).send({ detail: message });
  }

  register(request: FastifyRequest): Promise<object> {
    return this.#withSound(request, async ({ fields, pcm }, signal) => {
      const id = idOf(fields.get('speaker_id') ?? '');
      await this.options.voiceprints.register(id, pcm, signal);
      return { success: true, msg: `已登记: ${id}` };
    });
  }

  identify(request: FastifyRequest): Promise<object> {
    return this.#withSound(request, async ({ fields, pcm }, signal) => {
      const ids = (fields.get('speaker_ids') ?? '').split(',').filter((id) => id.trim() !== '');
      if (ids.length === 0 || ids.length > MAX_IDS)
        throw new Refused(400, `speaker_ids has to name 1 to ${MAX_IDS} people`);
      const best = await this.options.voiceprints.identify(ids.map(idOf), pcm, signal);
      return { speaker_id: best && best.score >= LEAST_SCORE ? best.id : '', score: best?.score ?? 0 };
    });
  }

  async #withSound(
    request: FastifyRequest,
    answer: (form: SoundForm, signal: AbortSignal) => Promise<object>,
  ): Promise<object> {
    if (this.#running >= MOST_AT_ONCE) throw new Refused(503, 'too many requests at a time');
    this.#running += 1;
    try {
      const { signal } = this.options.scope;
      return await answer(await readSound(request, signal), signal);
    } finally {
      this.#running -= 1;
    }
  }
}

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface SoundForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly pcm: Int16Array;
}

/** The key is in a header. Only `health` may have it in the address instead. */
function keyOf({ headers, query, routeOptions }: FastifyRequest): string {
  const { key } = query as { readonly key?: unknown };
  if (routeOptions.url === '/voiceprint/health' && typeof key === 'string') return key;
  return (headers.authorization ?? '').replace(/^Bearer\s+/i, '').trim();
}

function idOf(text: string): string {
  const id = text.trim();
  if (id === '' || id.length > MAX_ID_CHARS || /[\p{C},]/u.test(id))
    throw new Refused(400, `an id has 1 to ${MAX_ID_CHARS} visible characters and no comma`);
  return id;
}

const FAULTS: Readonly<Record<FormFault, string>> = {
  none: 'the body is no multipart form',
  malformed: 'the form is cut or malformed',
  'too large': 'the file is too large',
};

async function readSound({ body, headers }: FastifyRequest, signal: AbortSignal): Promise<SoundForm> {
  const bad = (fault: FormFault): Error => new Refused(400, FAULTS[fault]);
  if (!(body instanceof Readable)) throw bad('none');
  const { fields, bytes, fileName } = await readForm(headers['content-type'] ?? '', body, LIMITS, bad, signal);
  if (fileName?.toLowerCase().endsWith('.wav') !== true)
    throw new Refused(400, 'the name of the file has to end in .wav');
  if (bytes.length < LEAST_FILE_BYTES) throw new Refused(400, 'the sound is too short');
  return { fields, pcm: await speechOfWav(bytes) };
}
