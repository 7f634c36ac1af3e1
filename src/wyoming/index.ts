export type { Offered, WyomingServerOptions, WyomingServices } from './options.js';
export { openWyomingServer, type WyomingServer } from './server.js';
