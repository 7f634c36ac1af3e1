export type { DeviceControl } from './device-control.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export type { PairingMode } from './pairing.js';
export { serverSecret } from './tokens.js';
