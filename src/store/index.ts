export type { ActivationRecord, BoundBy, DeviceRecord, DeviceStore } from './port.js';
export type { AgentRecord, AgentStore } from './agent-port.js';
export type { FirmwareInstall, FirmwareRelease, FirmwareState, FirmwareStore } from './firmware-port.js';
export type { HistoryQuery, HistoryStore, HistoryTurn } from './history-port.js';
export type { Store } from './store.js';
export { claimDataFolder, findServer, type FolderClaim, type ServerRecord } from './folder-claim.js';
export { ensureDataFolder } from './data-folder.js';
export { openStore, type StoreOptions } from './open.js';
