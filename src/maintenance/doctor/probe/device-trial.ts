import { OTA_PATH, VISION_PATH } from '../../../device/protocol/index.js';
import { randomUUID } from 'node:crypto';
import {
  type DeviceIdentityClaim,
  fleetIdentity,
  otaBody,
  otaHeaders,
  readOtaReply,
  type OtaReply,
} from '../../../measure/fleet/index.js';
import type { DoctorContext, LocalServer } from '../check.js';
import { type HttpOutcome, post } from './http-outcome.js';
import { lookAtTls, type TlsFacts } from './tls-look.js';
import { askWebSocket, type WebSocketOutcome } from './websocket-outcome.js';

/** Results of the steps of a starting device. A step that was not possible has no result. */
export interface DeviceTrial {
  readonly otaUrl: string;
  readonly ota: HttpOutcome;
  /** One entry for each host of the OTA and WebSocket addresses that answers over TLS. */
  readonly tls: readonly TlsFacts[];
  /** Undefined if the response is no OTA answer. */
  readonly reply: OtaReply | undefined;
  readonly websocket: WebSocketOutcome | undefined;
  /** Result of sending a picture without a token. Undefined without a vision model or an OTA answer. */
  readonly pictures: HttpOutcome | undefined;
  /** True if the server bound the device before the trial, so that its token must be valid. */
  readonly bound: boolean;
}

/** Devices wait 30 s (http_client.h). This limit is shorter, because a person waits for the doctor. */
const OTA_MS = 15_000;
const FORGET_MS = 5000;
/** The Client-Id is random and secret, because it gives access to a bound device's token. */
const newIdentity = (): DeviceIdentityClaim => ({
  ...fleetIdentity(0xd0_c7_02, 'en-US'),
  clientId: randomUUID(),
  board: 'chorus-doctor',
});

/** Accepts the server's OTA address, its WebSocket address, or the address before the usual paths. */
export function otaUrlOf(address: string): string {
  const url = new URL(address);
  if (url.protocol === 'ws:' || url.protocol === 'wss:') url.protocol = url.protocol.replace('ws', 'http');
  if (/\/xiaozhi\/ota\/?$/.test(url.pathname)) return url.href;
  url.pathname = `${url.pathname.replace(/\/xiaozhi\/v1\/?$/, '').replace(/\/+$/, '')}${OTA_PATH}`;
  return url.href;
}

type Means = Pick<DoctorContext, 'config' | 'server' | 'authorities' | 'clock' | 'signal' | 'fetch'>;

export async function tryAsDevice(address: string, means: Means): Promise<DeviceTrial> {
  const identity = newIdentity();
  const { server } = means;
  // An unknown device gets no token, so the server on this machine binds the device first. The trial then has a token
  // even if `address` leads through a proxy.
  const token =
    server?.localToken === undefined
      ? undefined
      : tokenOf(await ask(`${server.origin}${OTA_PATH}`, identity, means, server.localToken));
  try {
    return await tryBound(otaUrlOf(address), identity, token, means);
  } finally {
    if (server && token !== undefined) await forget(server, identity, means.fetch);
  }
}

async function tryBound(
  otaUrl: string,
  identity: DeviceIdentityClaim,
  token: string | undefined,
  means: Means,
): Promise<DeviceTrial> {
  const { authorities, clock, signal } = means;
  const ota = await ask(otaUrl, identity, means);
  const reply = replyOf(ota, clock.nowMs());
  const nothing = {
    otaUrl,
    ota,
    reply,
    bound: token !== undefined,
    tls: await tlsOf(otaUrl, means),
    pictures: reply && means.config.vision.model !== undefined ? await sendPicture(otaUrl, means) : undefined,
    websocket: undefined,
  };
  const { websocket: named } = reply ?? {};
  if (named === undefined || !URL.canParse(named.url) || !/^wss?:$/.test(new URL(named.url).protocol)) return nothing;
  const websocket = await askWebSocket(
    { url: named.url, token: token ?? named.token, identity, authorities },
    clock,
    signal,
  );
  const sameHost = new URL(named.url).host === new URL(otaUrl).host;
  return {
    ...nothing,
    websocket,
    tls: sameHost && otaUrl.startsWith('https:') ? nothing.tls : [...nothing.tls, ...(await tlsOf(named.url, means))],
  };
}

function ask(
  url: string,
  identity: DeviceIdentityClaim,
  { authorities, clock, signal }: Means,
  localToken?: string,
): Promise<HttpOutcome> {
  return post(
    { url, headers: otaHeaders(identity, localToken), body: otaBody(identity), timeoutMs: OTA_MS, authorities },
    clock,
    signal,
  );
}

/** The server derives the address for pictures, which it gives to devices, in the same way. */
export const picturesUrlOf = (otaUrl: string): string => otaUrl.replace(/\/xiaozhi\/ota\/?$/, VISION_PATH);

/** Chorus refuses the request before it reads the body, because the request has no token. */
function sendPicture(otaUrl: string, { authorities, clock, signal }: Means): Promise<HttpOutcome> {
  const headers = { 'content-type': 'multipart/form-data; boundary=chorus' };
  return post({ url: picturesUrlOf(otaUrl), headers, body: '', timeoutMs: OTA_MS, authorities }, clock, signal);
}

async function tlsOf(url: string, { authorities, clock, signal }: Means): Promise<readonly TlsFacts[]> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'wss:') return [];
  const facts = await lookAtTls(hostname, port === '' ? 443 : Number(port), authorities, clock, signal);
  return facts === undefined ? [] : [facts];
}

/** If the removal fails, the device stays in the list. Nobody knows its Client-Id, so it gives nobody access. */
async function forget(
  { origin, localToken }: LocalServer,
  { deviceId }: DeviceIdentityClaim,
  fetch: Means['fetch'],
): Promise<void> {
  await fetch(`${origin}/api/v1/devices/${encodeURIComponent(deviceId)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${localToken ?? ''}` },
    signal: AbortSignal.timeout(FORGET_MS),
  }).catch(() => undefined);
}

/** Returns undefined if the server gave no token or asks for a pairing code. */
function tokenOf(outcome: HttpOutcome): string | undefined {
  const reply = replyOf(outcome, 0);
  const token = reply?.websocket?.token ?? '';
  return reply?.activation === undefined && token !== '' ? token : undefined;
}

function replyOf(outcome: HttpOutcome, nowMs: number): OtaReply | undefined {
  if (outcome.kind !== 'answer' || outcome.status !== 200) return undefined;
  try {
    const answer: unknown = JSON.parse(outcome.body);
    return isOtaAnswer(answer) ? readOtaReply(answer, outcome.body, nowMs) : undefined;
  } catch {
    return undefined;
  }
}

function isOtaAnswer(answer: unknown): answer is Readonly<Record<string, unknown>> {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    !Array.isArray(answer) &&
    ['websocket', 'mqtt', 'firmware'].some((member) => member in answer)
  );
}
