export { ensureDataFolder } from './data-folder.js';
export { openStore, type StoreOptions } from './open.js';
export type { ActivationRecord, BoundBy, DeviceRecord, DeviceStore } from './port.js';
