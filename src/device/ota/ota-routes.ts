import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  asChorusError,
  sparing,
  type Clock,
  type LanguageTag,
  type Logger,
  type Metrics,
  languageTag,
} from '../../core/index.js';
import type { Firmware } from '../firmware/index.js';
import {
  encodeOtaAnswer,
  isFirmwareVersion,
  madeDeviceId,
  parseClientId,
  parseDeviceId,
  parseOtaBody,
  parseUserAgent,
  updateSlotBytes,
  type OtaAnswer,
  type OtaBody,
} from '../protocol/index.js';
import { firmwareUrl, type AdvertisedAddress } from './advertised-address.js';
import type { DeviceClaim, HmacProof, Pairing } from '../access/pairing.js';
import { headerText, limitKey, type Peer, type RateLimiter } from '../../platform/inbound/index.js';
import { offsetMinutes, zoneFor } from './time-zone.js';
import type { DeviceTokens } from '../access/tokens.js';
import { activationMessage, NO_ADDRESS, otaPage } from './pages.js';

export interface OtaRouteOptions {
  readonly pairing: Pairing;
  readonly tokens: DeviceTokens;
  /** One member of the OTA answer for each transport. `token` is `''` for an unbound device. */
  readonly transportMembers: (address: AdvertisedAddress, token: string) => Readonly<Record<string, unknown>>;
  readonly firmware?: Firmware | undefined;
  readonly requests: RateLimiter;
  readonly peerOf: (request: FastifyRequest) => Peer;
  /** Whether the request comes from this machine and carries the secret of the data folder. */
  readonly isLocal: (request: FastifyRequest) => boolean;
  readonly advertise: (request: FastifyRequest, forWhom: 'device' | 'reader') => AdvertisedAddress | undefined;
  /** `session.time_zone`. Undefined for `auto`. */
  readonly timeZone: string | undefined;
  readonly defaultLanguage: LanguageTag;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers':
    'Content-Type, Device-Id, Client-Id, Activation-Version, Serial-Number, Accept-Language, Authorization',
  'access-control-max-age': '86400',
  'cache-control': 'no-store',
} as const;

const NO_IDS =
  'Device-Id (a MAC) and Client-Id headers are needed; any other Device-Id only with auth.pairing: open / ' +
  '需要请求头 Device-Id（MAC 地址）和 Client-Id；其他 Device-Id 只在 auth.pairing 为 open 时允许';

const PATHS: ReadonlySet<string> = new Set(['/xiaozhi/ota/activate', '/xiaozhi/ota']);

/** Registers the routes for OTA and activation, and the page at the OTA address (docs/protocol.md 1). */
export function registerOtaRoutes(app: FastifyInstance, given: OtaRouteOptions): void {
  const options = { ...given, log: sparing(given.log, given.clock) };
  const { requests, metrics } = options;
  app.addHook('onRequest', async (request, reply) => {
    // Compares the route, because one address can be written in many ways.
    if (!PATHS.has(request.routeOptions.url ?? '')) return;
    void reply.headers(CORS);
    if (requests.take(limitKey(options.peerOf(request).address))) return;
    metrics.count('chorus_ota_requests_total', { result: 'rate_limited' });
    await reply.code(429).header('retry-after', '10').send({ error: 'too many requests' });
  });
  for (const path of PATHS) app.options(path, (_request, reply) => reply.code(204).send());
  app.get('/xiaozhi/ota', (request, reply) => {
    const language = languageTag(request.headers['accept-language']) ?? options.defaultLanguage;
    return reply.type('text/plain; charset=utf-8').send(otaPage(options.advertise(request, 'reader'), language));
  });
  app.post('/xiaozhi/ota', (request, reply) => answerOta(request, reply, options));
  app.post('/xiaozhi/ota/activate', (request, reply) => answerActivate(request, reply, options));
}

async function answerOta(
  request: FastifyRequest,
  reply: FastifyReply,
  options: OtaRouteOptions,
): Promise<FastifyReply> {
  const { pairing, tokens, transportMembers, clock, log, metrics } = options;
  const body = parseOtaBody(bodyText(request));
  const claim = claimOf(request, body, options);
  if (!claim) {
    metrics.count('chorus_ota_requests_total', { result: 'bad_request' });
    return reply.code(400).send({ error: NO_IDS });
  }
  const address = options.advertise(request, 'device');
  if (!address) {
    metrics.count('chorus_ota_requests_total', { result: 'no_address' });
    log.error(NO_ADDRESS, { problem: 'device.no_address', host: request.headers.host, deviceId: claim.deviceId });
    return reply.code(503).send({ error: NO_ADDRESS });
  }
  const evidence = {
    peer: options.peerOf(request),
    local: options.isLocal(request),
    browser: request.headers.origin !== undefined,
  };
  const result = await pairing.resolve(claim, evidence).catch((error: unknown) => {
    if (asChorusError(error).code === 'auth.rate_limited')
      metrics.count('chorus_ota_requests_total', { result: 'too_many_codes' });
    throw error;
  });
  const wallMs = clock.wallMs();
  const activation = 'activation' in result ? result.activation : undefined;
  const answer: OtaAnswer = {
    wallMs,
    timezoneOffsetMinutes: offsetMinutes(zoneFor(claim.language, options.timeZone), wallMs),
    firmwareVersion: claim.firmwareVersion ?? '',
    update: 'bound' in result ? await updateFor(claim, body, address, options) : undefined,
    // An unbound device also gets the transports, because without them the firmware would choose MQTT. The empty token
    // gives no access.
    transports: transportMembers(address, 'bound' in result ? tokens.issue(result.bound) : ''),
    activation:
      activation?.code === undefined
        ? undefined
        : {
            code: activation.code,
            message: activationMessage(activation.code, claim.language),
            challenge: activation.challenge,
          },
  };
  metrics.count('chorus_ota_requests_total', { result: activation ? 'pairing' : 'bound' });
  return reply.type('application/json; charset=utf-8').send(encodeOtaAnswer(answer));
}

async function answerActivate(
  request: FastifyRequest,
  reply: FastifyReply,
  options: OtaRouteOptions,
): Promise<FastifyReply> {
  const ids = idsOf(request, {}, options.pairing.open);
  if (!ids) return reply.code(400).send({ error: NO_IDS });
  const result = await options.pairing.activate(ids.deviceId, ids.clientId, proofOf(bodyText(request)));
  options.metrics.count('chorus_ota_requests_total', { result: `activate_${result}` });
  const status = { bound: 200, pending: 202, refused: 401 } as const;
  return reply.code(status[result]).send({ status: result });
}

/** If this fails, the device only gets no update, because the conversation matters more. */
async function updateFor(
  { deviceId, board, firmwareVersion: version }: DeviceClaim,
  body: OtaBody,
  address: AdvertisedAddress,
  { firmware, log }: OtaRouteOptions,
): Promise<OtaAnswer['update']> {
  try {
    const offer = await firmware?.offer({
      deviceId,
      board,
      version,
      chip: body.chip_model_name,
      elfSha256: body.application?.elf_sha256,
      slotBytes: updateSlotBytes(body),
    });
    return offer && { version: offer.version, url: firmwareUrl(address, offer.link), force: offer.force };
  } catch (error) {
    log.warn('no firmware is offered, because the offer could not be saved', {
      deviceId,
      code: asChorusError(error, 'store.failed').code,
    });
    return undefined;
  }
}

function claimOf(
  request: FastifyRequest,
  body: OtaBody,
  { defaultLanguage, pairing }: OtaRouteOptions,
): DeviceClaim | undefined {
  const ids = idsOf(request, { deviceId: body.mac_address, clientId: body.uuid }, pairing.open);
  if (!ids) return undefined;
  const agent = parseUserAgent(request.headers['user-agent']);
  const version = body.application?.version ?? agent.version;
  return {
    ...ids,
    board: body.board?.name ?? agent.board,
    firmwareVersion: version !== undefined && version !== '' && isFirmwareVersion(version) ? version : undefined,
    language: languageTag(body.language, request.headers['accept-language']) ?? defaultLanguage,
  };
}

/**
 * Reads the ids from the headers, otherwise from the body, which need not be JSON (docs/protocol.md, checklist 1).
 * `open` accepts any id.
 */
function idsOf(
  { headers }: FastifyRequest,
  body: { deviceId?: string | undefined; clientId?: string | undefined },
  open: boolean,
): { deviceId: string; clientId: string } | undefined {
  const given = headerText(headers['device-id']);
  const mac = parseDeviceId(given) ?? parseDeviceId(body.deviceId);
  const deviceId = mac ?? (open ? madeDeviceId(given) : undefined);
  const named = parseClientId(headerText(headers['client-id'])) ?? parseClientId(body.clientId);
  const clientId = named ?? (open ? deviceId : undefined);
  return deviceId === undefined || clientId === undefined ? undefined : { deviceId, clientId };
}

function bodyText(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}

const proof = z.object({
  serial_number: z.string().min(1).max(128),
  challenge: z.string().max(256).catch(''),
  hmac: z.string().max(128).catch(''),
});

function proofOf(text: string): HmacProof | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = proof.safeParse(value);
  return parsed.success
    ? { serial: parsed.data.serial_number, challenge: parsed.data.challenge, hmac: parsed.data.hmac }
    : undefined;
}
