import type { Agent } from '../../records/index.js';

/** Agents and their devices. Errors as of `DeviceStore`. */
export interface AgentStore {
  /** By name. */
  agents(): Promise<readonly Agent[]>;
  agent(id: string): Promise<Agent | undefined>;
  /** The agent of a device; undefined: it has none, or is not known. */
  agentOf(deviceId: string): Promise<Agent | undefined>;
  /**
   * The agents that a device may change to; undefined among them: the configured assistant. Those that are gone are
   * left out.
   */
  rolesOf(deviceId: string): Promise<readonly (Agent | undefined)[]>;
  /**
   * The device has another agent from now on (undefined: the configured assistant), and may change back to the one that
   * it had. `store.failed` for an unknown device.
   */
  changeRole(deviceId: string, agentId: string | undefined): Promise<void>;
  /**
   * Adds the agent, or changes it as `change` says; nobody else changes it meanwhile. `before` undefined: there is none
   * of that id.
   */
  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent>;
  /** Its devices have no agent afterwards, and its memories are gone. False: there was no agent of that id. */
  removeAgent(id: string): Promise<boolean>;
}
