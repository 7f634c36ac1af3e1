import type { IncomingMessage } from 'node:http';

/** Paths of the console, its API and the operations routes. */
const NO_DEVICES = /^\/+(api|console|metrics|healthz|readyz)(?![^/?])/i;

/** Whether the request asks to upgrade to a WebSocket, not to another protocol (`h2c`). */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/**
 * Whether devices may connect at this path. Almost all paths are allowed, because the firmware stores the path that a
 * server once gave it.
 */
export function isDevicePath(url: string | undefined): boolean {
  return !NO_DEVICES.test(url ?? '');
}
