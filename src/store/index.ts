export type { ActivationRecord, BoundBy, DeviceRecord, DeviceStore } from './port.js';
export { claimDataFolder, findServer, type FolderClaim, type ServerRecord } from './folder-claim.js';
export { ensureDataFolder } from './data-folder.js';
export { openStore, type StoreOptions } from './open.js';
