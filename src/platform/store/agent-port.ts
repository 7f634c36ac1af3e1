import type { Agent } from '../../records/index.js';

/** Agents and their devices. Errors as of `DeviceStore`. */
export interface AgentStore {
  /** By name. */
  agents(): Promise<readonly Agent[]>;
  agent(id: string): Promise<Agent | undefined>;
  /** The agent of a device; undefined: it has none, or is not known. */
  agentOf(deviceId: string): Promise<Agent | undefined>;
  /** Adds the agent, or changes it as `change` says; nobody else changes it meanwhile. `before` undefined: there is none of that id. */
  changeAgent(id: string, change: (before: Agent | undefined) => Omit<Agent, 'id'>): Promise<Agent>;
  /** Its devices have none afterwards. False: there was none of that id. */
  removeAgent(id: string): Promise<boolean>;
}
