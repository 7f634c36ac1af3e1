/** Somebody who answers on devices: what is set here goes before the configuration. */
export interface AgentRecord {
  readonly id: string;
  readonly name: string;
  readonly prompt: string | undefined;
  /** By the voice provider's own name. */
  readonly voice: string | undefined;
  /** BCP 47: how it is talked to, whatever its devices are set to. */
  readonly language: string | undefined;
  /** A model of the configured service. */
  readonly llm: string | undefined;
}

/** Agents and whose they are. Errors as of `DeviceStore`. */
export interface AgentStore {
  /** By name. */
  agents(): Promise<readonly AgentRecord[]>;
  agent(id: string): Promise<AgentRecord | undefined>;
  /** That of a device; undefined: it has none, or is not known. */
  agentOf(deviceId: string): Promise<AgentRecord | undefined>;
  /** Adds it, or makes of it what `change` says; nobody else changes it meanwhile. `before` undefined: there is none of that id. */
  changeAgent(id: string, change: (before: AgentRecord | undefined) => Omit<AgentRecord, 'id'>): Promise<AgentRecord>;
  /** Its devices have none afterwards. False: there was none of that id. */
  removeAgent(id: string): Promise<boolean>;
}
