import { ChorusError, sleep, withTimeout, type Clock, isObject } from '../../core/index.js';
import type { Violation } from './violation.js';
import { fleetWords } from './words.js';

export interface DeviceIdentityClaim {
  readonly deviceId: string;
  readonly clientId: string;
  readonly board: string;
  readonly firmwareVersion: string;
  readonly language: string;
  /** SHA-256 of the device's program, 64 hexadecimal digits. The default is zeros, which match no program. */
  readonly elfSha256?: string;
}

export interface OtaOptions {
  /** By custom the OTA address ends with a slash. `activate` is appended. */
  readonly url: string;
  readonly identity: DeviceIdentityClaim;
  readonly clock: Clock;
  /** Secret that proves access to the data folder of the server on this machine. */
  readonly localToken?: string;
}

export interface OtaReply {
  readonly websocket: { readonly url: string; readonly token: string } | undefined;
  readonly activation: { readonly code: string; readonly message: string; readonly hasChallenge: boolean } | undefined;
  /**
   * With `force`, the device installs this firmware whatever version it runs. Only the number 1 means true
   * (docs/protocol.md 1.2).
   */
  readonly firmware: { readonly version: string; readonly url: string; readonly force: boolean } | undefined;
  readonly violations: readonly Violation[];
}

/** docs/protocol.md 1.1. */
const HTTP_TIMEOUT_MS = 30_000;
/** The firmware rejects answers of this many bytes or more (docs/protocol.md 1.2). */
const BODY_MAX_BYTES = 8192;
/** Pauses after 202 ("not yet") and after any other status but 200 (docs/protocol.md 1.4). */
const PENDING_WAIT_MS = 3000;
const FAILURE_WAIT_MS = 10_000;
const ACTIVATE_TRIES = 10;

/** Sends the OTA request. Errors: `device.unreachable`, `device.refused`; the signal's reason. */
export async function askOta(options: OtaOptions, signal: AbortSignal): Promise<OtaReply> {
  const { status, text } = await post(options, options.url, otaBody(options.identity), signal);
  if (status >= 500)
    throw new ChorusError('device.refused', fleetWords.serverProblem(options.url, status), {
      details: { url: options.url, status },
      remedy: fleetWords.seeLog,
    });
  if (status !== 200)
    throw new ChorusError('device.refused', `${options.url} answered ${status} to a device; is this the OTA address?`, {
      details: { url: options.url, status },
    });
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ChorusError('device.refused', `${options.url} did not answer with JSON; is this the OTA address?`, {
      details: { url: options.url },
    });
  }
  if (!isObject(answer))
    throw new ChorusError('device.refused', `${options.url} did not answer with a JSON object`, {
      details: { url: options.url },
    });
  return readOtaReply(answer, text, options.clock.nowMs());
}

/**
 * Repeats `/activate` until the server confirms the device, as the firmware does. Then sends the OTA request again.
 * Errors: as of {@link askOta}.
 */
export async function activate(
  options: OtaOptions,
  first: OtaReply,
  onCode: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<OtaReply> {
  let reply = first;
  while (reply.activation) {
    onCode(reply.activation.code, reply.activation.message);
    for (let attempt = 0; attempt < ACTIVATE_TRIES; attempt++) {
      const status = reply.activation.hasChallenge ? await tryActivate(options, signal) : 0;
      if (status === 200) break;
      await sleep(options.clock, status === 202 ? PENDING_WAIT_MS : FAILURE_WAIT_MS, signal);
    }
    reply = await askOta(options, signal);
  }
  return reply;
}

async function tryActivate(options: OtaOptions, signal: AbortSignal): Promise<number> {
  const url = `${options.url}${options.url.endsWith('/') ? '' : '/'}activate`;
  try {
    return (await post(options, url, '{}', signal)).status;
  } catch (error) {
    if (signal.aborted) throw error;
    return 0;
  }
}

async function post(
  options: OtaOptions,
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const headers = otaHeaders(options.identity, options.localToken);
  const timedOut = (): Error =>
    new ChorusError('device.unreachable', `${url} did not answer within 30 seconds`, { details: { url } });
  try {
    return await withTimeout(options.clock, HTTP_TIMEOUT_MS, signal, timedOut, async (inner) => {
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: inner });
      return { status: response.status, text: await response.text() };
    });
  } catch (error) {
    if (error instanceof ChorusError || signal.aborted) throw error;
    throw new ChorusError('device.unreachable', `no server answers at ${url}`, { cause: error, details: { url } });
  }
}

/** Headers of an OTA request as the firmware sends them. */
export function otaHeaders(
  { deviceId, clientId, board, firmwareVersion, language }: DeviceIdentityClaim,
  localToken?: string,
): Record<string, string> {
  return {
    'Activation-Version': '1',
    'Device-Id': deviceId,
    'Client-Id': clientId,
    'User-Agent': `${board}/${firmwareVersion}`,
    'Accept-Language': language,
    'Content-Type': 'application/json',
    ...(localToken !== undefined && { 'X-Chorus-Local': localToken }),
  };
}

/** Body of an OTA request as the firmware sends it. */
export function otaBody(identity: DeviceIdentityClaim): string {
  return JSON.stringify({
    version: 2,
    language: identity.language,
    flash_size: 16_777_216,
    minimum_free_heap_size: '8318916',
    mac_address: identity.deviceId,
    uuid: identity.clientId,
    chip_model_name: 'esp32s3',
    chip_info: { model: 9, cores: 2, revision: 2, features: 18 },
    application: {
      name: 'xiaozhi',
      version: identity.firmwareVersion,
      compile_time: 'Aug  8 2026T08:33:45Z',
      idf_version: 'v5.5.1',
      elf_sha256: identity.elfSha256 ?? '0'.repeat(64),
    },
    partition_table: [{ label: 'nvs', type: 1, subtype: 2, address: 36_864, size: 16_384 }],
    ota: { label: 'ota_0' },
    display: { monochrome: false, width: 240, height: 240 },
    board: {
      type: identity.board,
      name: identity.board,
      manufacturer: 'simulated',
      ssid: 'simulated',
      rssi: -42,
      channel: 6,
      ip: '127.0.0.1',
      mac: identity.deviceId,
    },
  });
}

/** Reads an OTA answer as the firmware does. `answer` is the parsed JSON object of `text`. */
export function readOtaReply(answer: Readonly<Record<string, unknown>>, text: string, nowMs: number): OtaReply {
  const violations: Violation[] = [];
  const bad = (detail: string): number => violations.push({ kind: 'bad_ota', atMs: nowMs, detail });
  if (Buffer.byteLength(text) >= BODY_MAX_BYTES) bad('the answer has 8192 bytes or more');
  if (answer['mqtt'] !== undefined) bad('an mqtt member selects MQTT');
  const { server_time: time, firmware, websocket, activation } = answer;
  if (
    isObject(time) &&
    (typeof time['timestamp'] !== 'number' ||
      time['timestamp'] < 1e12 ||
      typeof time['timezone_offset'] !== 'number' ||
      Math.abs(time['timezone_offset']) > 840)
  )
    bad('server_time must be milliseconds and minutes');
  if (isObject(firmware) && (typeof firmware['version'] !== 'string' || !/^(\d+(\.\d+)*)?$/.test(firmware['version'])))
    bad('firmware.version makes the device boot for ever');
  if (
    isObject(firmware) &&
    (typeof firmware['url'] !== 'string' || (firmware['force'] !== undefined && typeof firmware['force'] !== 'number'))
  )
    bad('firmware.url must be a string, and firmware.force a number');
  if (isObject(websocket)) {
    for (const name of ['url', 'token', 'version'])
      if (websocket[name] === undefined) bad(`websocket.${name} is missing`);
    for (const [name, value] of Object.entries(websocket))
      if (name.length > 15 || (typeof value !== 'string' && !Number.isInteger(value)))
        bad(`websocket.${name} makes the device crash`);
  }
  const code = isObject(activation) && typeof activation['code'] === 'string' ? activation['code'] : '';
  if (isObject(activation) && !/^\d+$/.test(code)) bad('activation.code must be digits');
  return {
    websocket:
      isObject(websocket) && typeof websocket['url'] === 'string'
        ? { url: websocket['url'], token: typeof websocket['token'] === 'string' ? websocket['token'] : '' }
        : undefined,
    activation: isObject(activation)
      ? {
          code,
          message: typeof activation['message'] === 'string' ? activation['message'] : '',
          hasChallenge: typeof activation['challenge'] === 'string',
        }
      : undefined,
    firmware:
      isObject(firmware) && typeof firmware['version'] === 'string' && typeof firmware['url'] === 'string'
        ? { version: firmware['version'], url: firmware['url'], force: firmware['force'] === 1 }
        : undefined,
    violations,
  };
}
