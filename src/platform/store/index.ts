export type { ActivationRecord, AdoptedDevice, BoundBy, DeviceRecord, DeviceStore } from './device-store-port.js';
export type { AgentStore } from './agent-port.js';
export type { FirmwareInstall, FirmwareRelease, FirmwareStore } from './firmware-port.js';
export type { ForgottenTurns, HistoryQuery, HistoryTurn, TalkSums } from './history-port.js';
export { AUDIO_SIDES, type AudioLimits, type AudioSide, type AudioStore, type AudioTurn } from './audio-port.js';
export { audioKey, openAudio, sealAudio } from './audio-seal.js';
export { isSameName } from './spellings.js';
export { MAX_MEMORIES, type MemoryQuery, type MemoryRecord, type MemoryStore, type NewMemory } from './memory-port.js';
export { MAX_ROLES } from './device-store-port.js';
export { SPENDING_UNITS, type Spending, type SpendingStore, type SpendingUnit } from './spending-port.js';
export type { TalkDay, TalkDayStore } from './talk-day-port.js';
export type { NoticeLimits, NoticeRecord, NoticeStore } from './notice-port.js';
export type { PeopleStore, PersonRecord } from './people-port.js';
export type { VoiceprintRecord, VoiceprintStore } from './voiceprint-port.js';
export type { ToolDataStore, ToolDatum } from './tool-data-port.js';
export type {
  KnowledgeDocument,
  KnowledgePassage,
  KnowledgeStore,
  NewKnowledgeDocument,
  PassageVector,
} from './knowledge-port.js';
export type { Store } from './store-port.js';
export { backupFolder, findStoreBackup, listStoreBackups } from './backup-files.js';
export { backupStore } from './backup.js';
export { checkStore } from './check.js';
export { shownPlace, type DatabasePlace } from './database-open.js';
export { claimDataFolder, findServer, type ServerRecord } from './folder-claim.js';
export { dataFolderError, ensureDataFolder } from './data-folder.js';
export { firstGeneration } from './device-rows.js';
export { openStore } from './open.js';
export type { LostStore } from './reachability.js';
export { restoreStore } from './restore.js';
export { TurnWriter } from './turn-writer.js';
export { WaitingRows } from './waiting-rows.js';
