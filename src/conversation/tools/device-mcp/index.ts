export { createDeviceTools } from './device-tools.js';
export type { McpPayload } from './rpc.js';
