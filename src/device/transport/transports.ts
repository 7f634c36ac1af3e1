import type { CreateTransport } from './transport-port.js';
import { createWebSocketTransport } from './websocket/websocket.js';

/** Every transport that devices may use, in the order in which the OTA answer names them. */
export const TRANSPORTS: readonly CreateTransport[] = [createWebSocketTransport];
