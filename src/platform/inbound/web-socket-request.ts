import type { IncomingMessage } from 'node:http';

/** Addresses of the page, its API and the operations routes. */
const NO_DEVICES = /^\/+(api|console|metrics|healthz|readyz)(?![^/?])/i;

/** Whether the request asks for a WebSocket, not for another protocol (`h2c`). */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/**
 * Whether devices may connect at this path. All but these few are allowed: the firmware stores the path that a server
 * told it.
 */
export function isDevicePath(url: string | undefined): boolean {
  return !NO_DEVICES.test(url ?? '');
}
