export { offeredModels, offeredVoices } from './offered.js';
export type { Offered, WyomingServerOptions, WyomingServices } from './options.js';
export { openWyomingServer } from './server.js';
