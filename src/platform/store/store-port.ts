import type { AgentStore } from './agent-port.js';
import type { AudioLimits, AudioStore } from './audio-port.js';
import type { DeviceStore } from './device-store-port.js';
import type { FirmwareStore } from './firmware-port.js';
import type { HistoryStore } from './history-port.js';
import type { MemoryStore } from './memory-port.js';
import type { TalkDayStore } from './talk-day-port.js';
import type { SpendingStore } from './spending-port.js';
import type { NoticeStore } from './notice-port.js';
import type { PeopleStore } from './people-port.js';
import type { VoiceprintStore } from './voiceprint-port.js';
import type { KnowledgeStore } from './knowledge-port.js';
import type { ToolDataStore } from './tool-data-port.js';
import type { Reachability } from './reachability.js';

export interface Store extends DeviceStore {
  readonly firmware: FirmwareStore;
  readonly agents: AgentStore;
  readonly history: HistoryStore;
  readonly audio: AudioStore;
  readonly memories: MemoryStore;
  readonly talkDays: TalkDayStore;
  readonly spending: SpendingStore;
  readonly notices: NoticeStore;
  readonly toolData: ToolDataStore;
  readonly knowledge: KnowledgeStore;
  readonly people: PeopleStore;
  readonly voiceprints: VoiceprintStore;
  /** True if other servers may use the database at the same time. */
  readonly shared: boolean;
  readonly upkeep: StoreUpkeep;
  readonly reachability: Pick<Reachability, 'lost' | 'unwritable' | 'watch'>;
}

export interface StoreBackup {
  /** UTC time of the copy, e.g. `20261125_101500`. A second copy in the same second ends in `_2`. */
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

/**
 * An operation fails promptly after an abort, with any error. Errors: those of `DeviceStore`, and `data.not_writable`.
 */
export interface StoreUpkeep {
  /** Returns one sentence per problem. */
  check(signal?: AbortSignal): Promise<readonly string[]>;
  /** Writes a copy to `backups/` while the server runs. Keeps only the newest `keep` copies. */
  backup(keep: number, signal?: AbortSignal): Promise<StoreBackup>;
  /** Removes the turns that ended before `beforeMs`, and the oldest beyond `keepTurns`. */
  pruneHistory(beforeMs: number, signal?: AbortSignal, keepTurns?: number): Promise<number>;
  /** Removes audio beyond the limits, and audio of deleted turns. */
  pruneAudio(limits: AudioLimits, signal?: AbortSignal): Promise<number>;
  /** Frees the space of removed rows. Unknown sizes are undefined. */
  vacuum(
    signal?: AbortSignal,
  ): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }>;
}
