import type { CreateTransport } from './transport-port.js';
import { createWebSocketTransport } from './websocket/websocket.js';

/** In the order of their members in the OTA answer. */
export const TRANSPORTS: readonly CreateTransport[] = [createWebSocketTransport];
