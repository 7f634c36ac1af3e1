import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  asChorusError,
  ChorusError,
  describeError,
  sparing,
  uiLanguage,
  type Clock,
  type LanguageTag,
  type Logger,
  type Scope,
  languageTag,
} from '../../core/index.js';
import { headerText, limitKey, type Peer, RateLimiter, WRONG_CREDENTIALS } from '../../platform/inbound/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import { visionUrl, type AdvertisedAddress } from '../ota/advertised-address.js';
import { visionPage } from '../ota/pages.js';
import { parseDeviceId, madeDeviceId, VISION_PATH } from '../protocol/index.js';
import { readPictureForm } from './picture-form.js';
import { pictureOf } from './picture.js';
import type { PictureReader } from './vision-port.js';
import { deviceWords } from '../words.js';

export interface VisionRouteOptions {
  readonly pictures: PictureReader;
  /** Resolves with the device if `token` is its token for pictures. */
  readonly check: (token: string, deviceId: string) => Promise<DeviceRecord | undefined>;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly advertise: (request: FastifyRequest) => AdvertisedAddress | undefined;
  readonly defaultLanguage: LanguageTag;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
}

/** Rate per device, because each picture costs a request to a vision model. */
const PICTURES = { burst: 6, perSecond: 0.1 };
/** Each picture stays in memory until it is answered. */
const MOST_AT_ONCE = 16;
/** The firmware reads less than 8 KB (docs/protocol.md, checklist 72). */
const MAX_ANSWER_BYTES = 7900;

/**
 * Devices send pictures from their cameras here (docs/protocol.md 8.1). Errors after the token check have status 200,
 * because the firmware drops the text of any other status.
 */
export function registerVisionRoutes(app: FastifyInstance, options: VisionRouteOptions): void {
  const requests = new VisionRequests(options);
  // Only these routes must not read a form as text, so they have a context of their own.
  void app.register(async (routes) => {
    routes.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
    routes.get(VISION_PATH, (request, reply) => {
      const language = languageTag(request.headers['accept-language']) ?? options.defaultLanguage;
      const address = options.advertise(request);
      const page = visionPage(address && visionUrl(address), options.pictures.on, language);
      return reply.type('text/plain; charset=utf-8').send(page);
    });
    routes.post(VISION_PATH, (request, reply) => requests.answer(request, reply));
  });
}

class VisionRequests {
  readonly #rate: RateLimiter;
  readonly #refusals: RateLimiter;
  readonly #busy = new Set<string>();
  readonly #log: Logger;

  constructor(private readonly options: VisionRouteOptions) {
    this.#rate = new RateLimiter(PICTURES, options.clock);
    this.#refusals = new RateLimiter(WRONG_CREDENTIALS, options.clock);
    this.#log = sparing(options.log, options.clock);
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // A wrong token costs just one signature, and does not lock out other devices behind the same address.
    const device = await this.#deviceOf(request);
    if (!device) {
      if (!this.#refusals.take(limitKey(this.options.peerOf(request).address)))
        return reply.code(429).header('retry-after', '60').send({ success: false, message: 'too many wrong tokens' });
      this.#log.info('picture refused: no valid token', { address: this.options.peerOf(request).address });
      return reply.code(401).send({ success: false, message: 'the token is not valid for this device' });
    }
    try {
      const response = await this.#explain(device, request, reply);
      return send(reply, { success: true, action: 'RESPONSE', response });
    } catch (error) {
      if (reply.raw.destroyed) return reply;
      const failure = asChorusError(error);
      this.#log.warn('a picture could not be explained', {
        problem: 'vision.not_explained',
        deviceId: device.deviceId,
        error: failure,
      });
      return send(reply, { success: false, message: describeError(failure, uiLanguage(device.language)) });
    }
  }

  async #deviceOf({ headers }: FastifyRequest): Promise<DeviceRecord | undefined> {
    const given = headerText(headers['device-id']);
    const deviceId = parseDeviceId(given) ?? madeDeviceId(given);
    const token = (headers.authorization ?? '').replace(/^Bearer\s+/i, '').trim();
    return deviceId === undefined ? undefined : this.options.check(token, deviceId);
  }

  async #explain(device: DeviceRecord, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { pictures, scope } = this.options;
    const { deviceId } = device;
    if (!pictures.on) throw new ChorusError('vision.off', deviceWords.noVision);
    if (this.#busy.has(deviceId) || this.#busy.size >= MOST_AT_ONCE || !this.#rate.take(deviceId))
      throw new ChorusError('vision.busy', deviceWords.tooManyPictures);
    this.#busy.add(deviceId);
    const gone = new AbortController();
    const onClose = (): void => gone.abort(new Error('the device has gone'));
    reply.raw.once('close', onClose);
    const signal = AbortSignal.any([gone.signal, scope.signal]);
    try {
      const { body } = request;
      const type = request.headers['content-type'] ?? '';
      if (!(body instanceof Readable)) throw new ChorusError('vision.bad_picture', deviceWords.noForm);
      const { question, bytes } = await readPictureForm(type, body, signal);
      return await pictures.explain({ device, question, picture: pictureOf(bytes) }, signal);
    } finally {
      reply.raw.off('close', onClose);
      this.#busy.delete(deviceId);
    }
  }
}

interface VisionAnswer {
  readonly success: boolean;
  readonly action?: 'RESPONSE';
  readonly response?: string;
  readonly message?: string;
}

function send(reply: FastifyReply, answer: VisionAnswer): FastifyReply {
  let text = JSON.stringify(answer);
  for (let { response } = answer; response !== undefined && Buffer.byteLength(text) > MAX_ANSWER_BYTES;) {
    response = `${response.slice(0, response.length * 0.75)}…`;
    text = JSON.stringify({ ...answer, response });
  }
  return reply.code(200).type('application/json; charset=utf-8').send(text);
}
