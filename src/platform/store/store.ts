import type { AgentStore } from './agent-port.js';
import type { FirmwareStore } from './firmware-port.js';
import type { HistoryStore } from './history-port.js';
import type { DeviceStore } from './device-store-port.js';
import type { Reachability } from './reachability.js';
import type { StoreUpkeep } from './maintenance-store-port.js';

/** Everything that is kept in the database. */
export interface Store extends DeviceStore {
  readonly firmware: FirmwareStore;
  readonly agents: AgentStore;
  readonly history: HistoryStore;
  readonly upkeep: StoreUpkeep;
  readonly reachability: Pick<Reachability, 'lost' | 'watch'>;
}
