import type { Agent } from '../../records/index.js';

/** Errors: those of `DeviceStore`. */
export interface AgentStore {
  /** Sorted by name. */
  agents(): Promise<readonly Agent[]>;
  agent(id: string): Promise<Agent | undefined>;
  /** Returns undefined if the device is unknown or has no agent. */
  agentOf(deviceId: string): Promise<Agent | undefined>;
  /** The agents that the device may change to. An undefined element is the configured assistant. */
  rolesOf(deviceId: string): Promise<readonly (Agent | undefined)[]>;
  /**
   * Changes the device's agent. Undefined means the configured assistant. Error: `store.failed` for an unknown device.
   */
  changeRole(deviceId: string, agentId: string | undefined): Promise<void>;
  /** No other writer changes the agent during the call. `before` is undefined for a new agent. */
  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent>;
  /** Also removes the agent's memories. The agent's devices then have no agent. Returns false for an unknown id. */
  removeAgent(id: string): Promise<boolean>;
}
