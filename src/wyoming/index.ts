export { offeredModels, offeredVoices } from './offered.js';
export type { WyomingServices } from './options.js';
export { openWyomingServer } from './server.js';
