import type { Agent } from '../../records/index.js';

/** Agents and their devices. Errors as in `DeviceStore`. */
export interface AgentStore {
  /** Sorted by name. */
  agents(): Promise<readonly Agent[]>;
  agent(id: string): Promise<Agent | undefined>;
  /** The agent of a device; undefined: it has none, or is not known. */
  agentOf(deviceId: string): Promise<Agent | undefined>;
  /**
   * The agents that a device may change to; undefined among them: the configured assistant. Agents that no longer exist
   * are left out.
   */
  rolesOf(deviceId: string): Promise<readonly (Agent | undefined)[]>;
  /**
   * Gives the device another agent (undefined: the configured assistant), and allows it to change back to the previous
   * one. `store.failed` for an unknown device.
   */
  changeRole(deviceId: string, agentId: string | undefined): Promise<void>;
  /**
   * Adds the agent, or changes it as `change` says; nobody else changes it meanwhile. `before` undefined: there is no
   * agent of that id.
   */
  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent>;
  /** Removes the agent and its memories; its devices then have no agent. False: there was no agent of that id. */
  removeAgent(id: string): Promise<boolean>;
}
