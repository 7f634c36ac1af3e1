import type { CreateTransport } from './transport-port.js';
import { createWebSocketTransport } from './websocket/websocket.js';

/** The OTA answer lists the transports in this order. */
export const TRANSPORTS: readonly CreateTransport[] = [createWebSocketTransport];
