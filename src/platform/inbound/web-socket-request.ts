import type { IncomingMessage } from 'node:http';

const NO_DEVICES = /^\/+(api|console|metrics|healthz|readyz)(?![^/?])/i;

/** Checks the protocol's name, because other protocols, such as `h2c`, also use the upgrade header. */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/** Devices may connect at almost all paths, because their firmware stores the path that an earlier server gave it. */
export function isDevicePath(url: string | undefined): boolean {
  return !NO_DEVICES.test(url ?? '');
}
