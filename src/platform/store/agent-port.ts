import type { Agent } from '../../records/index.js';

/** Errors: those of `DeviceStore`. */
export interface AgentStore {
  /** Sorted by name. */
  agents(): Promise<readonly Agent[]>;
  agent(id: string): Promise<Agent | undefined>;
  /** Undefined if the device is unknown or has no agent. */
  agentOf(deviceId: string): Promise<Agent | undefined>;
  /** An undefined element is the configured assistant. Deleted agents are left out. */
  rolesOf(deviceId: string): Promise<readonly (Agent | undefined)[]>;
  /**
   * The device may change back later. Undefined means the configured assistant. `store.failed` for an unknown device.
   */
  changeRole(deviceId: string, agentId: string | undefined): Promise<void>;
  /** No other writer changes the agent in between. `before` is undefined for a new agent. */
  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent>;
  /** Also removes the agent's memories. Its devices then have no agent. False for an unknown id. */
  removeAgent(id: string): Promise<boolean>;
}
