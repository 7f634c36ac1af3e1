import { isIP } from 'node:net';
import { FIRMWARE_PATH, OTA_PATH, VISION_PATH, WEBSOCKET_PATH } from '../protocol/index.js';

/** The address to which devices are told to connect. */
export interface AdvertisedAddress {
  /** Always names the port, because the firmware reads the port after the first colon (docs/protocol.md 1.2). */
  readonly websocketUrl: string;
  readonly otaUrl: string;
}

export interface AdvertiseRequest {
  /** `Host`, or `X-Forwarded-Host` of a trusted proxy. */
  readonly host: string | undefined;
  /** `https` if a trusted proxy says so. */
  readonly scheme: 'http' | 'https';
  /** True if the request came through a proxy. A `host` without a port then means the scheme's default port. */
  readonly viaProxy: boolean;
  /** True if the client is on this machine and can use a loopback address. */
  readonly local: boolean;
}

export interface AdvertiseOptions {
  readonly publicUrl?: string | undefined;
  /** Undefined if devices use the server's own port. */
  readonly publicPort?: number | undefined;
  readonly listenPort: number;
  /** This machine's address in its network, for requests without a usable `Host`. Undefined in a container. */
  readonly fallbackHost: string | undefined;
}

/** `link` is `RELEASE/TICKET`. */
export function firmwareUrl({ otaUrl }: AdvertisedAddress, link: string): string {
  return `${otaUrl.slice(0, -OTA_PATH.length)}${FIRMWARE_PATH}${link}`;
}

export function visionUrl({ otaUrl }: AdvertisedAddress): string {
  return `${otaUrl.slice(0, -OTA_PATH.length)}${VISION_PATH}`;
}

const HOST = /^([a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?)(?::(\d{1,5}))?$/i;
const NOWHERE = /^(0\.0\.0\.0|localhost\.?|127\.\d+\.\d+\.\d+|.*\.localhost\.?)$/i;

/**
 * Returns the configured address, otherwise the one that the client used, otherwise one with `fallbackHost`. Undefined
 * if there is none that works for the client.
 */
export function advertisedAddress(request: AdvertiseRequest, options: AdvertiseOptions): AdvertisedAddress | undefined {
  if (options.publicUrl !== undefined) return publicAddress(options.publicUrl);
  const [, name, port] = HOST.exec(request.host?.trim() ?? '') ?? [];
  const usable = name !== undefined && isIP(name) !== 6 && (request.local || !NOWHERE.test(name));
  const host = usable ? name : options.fallbackHost;
  if (host === undefined) return undefined;
  const given = usable && port !== undefined && Number(port) >= 1 && Number(port) <= 65_535 ? Number(port) : undefined;
  const implied = usable && request.viaProxy ? defaultPort(request.scheme) : options.listenPort;
  return addressOf(request.scheme === 'https', host, options.publicPort ?? given ?? implied, '');
}

function publicAddress(publicUrl: string): AdvertisedAddress {
  const url = new URL(publicUrl);
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const base = url.pathname.replace(/\/+$/, '').replace(/\/xiaozhi\/(v1|ota)$/, '');
  return addressOf(
    secure,
    url.hostname,
    url.port === '' ? defaultPort(secure ? 'https' : 'http') : Number(url.port),
    base,
  );
}

function defaultPort(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? 443 : 80;
}

function addressOf(secure: boolean, host: string, port: number, base: string): AdvertisedAddress {
  return {
    websocketUrl: `${secure ? 'wss' : 'ws'}://${host}:${port}${base}${WEBSOCKET_PATH}`,
    otaUrl: `${secure ? 'https' : 'http'}://${host}:${port}${base}${OTA_PATH}`,
  };
}
