import type { Agent } from '../../records/index.js';

/** Agents and their devices. Errors: those of `DeviceStore`. */
export interface AgentStore {
  /** Sorted by name. */
  agents(): Promise<readonly Agent[]>;
  agent(id: string): Promise<Agent | undefined>;
  /** The agent of a device. Undefined: the device has no agent, or is unknown. */
  agentOf(deviceId: string): Promise<Agent | undefined>;
  /**
   * The agents that a device may change to. An undefined element is the configured assistant. Deleted agents are left
   * out.
   */
  rolesOf(deviceId: string): Promise<readonly (Agent | undefined)[]>;
  /**
   * Assigns another agent to the device, and allows it to change back to the previous one. Undefined: the configured
   * assistant. `store.failed` for an unknown device.
   */
  changeRole(deviceId: string, agentId: string | undefined): Promise<void>;
  /**
   * Adds the agent, or replaces it by the result of `change`. No other writer changes the agent in between. `before` is
   * undefined if there is no agent with this id.
   */
  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent>;
  /** Removes the agent and its memories. Its devices then have no agent. False: there was no agent with this id. */
  removeAgent(id: string): Promise<boolean>;
}
