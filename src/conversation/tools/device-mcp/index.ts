export { createDeviceTools, type DeviceTools, type DeviceToolsOptions } from './device-tools.js';
export type { McpPayload } from './rpc.js';
