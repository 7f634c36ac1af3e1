import type { CreateTransport } from './transport-port.js';
import { createWebSocketTransport } from './websocket/websocket.js';

/** Every transport that devices may use, in the order of their members in the OTA answer. */
export const TRANSPORTS: readonly CreateTransport[] = [createWebSocketTransport];
