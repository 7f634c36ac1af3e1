import type { AdminPassword } from './admin-password.js';
import type { ConfigurationControl } from './resources/configuration.js';
import type { LanguageModelControl } from './resources/language-model.js';
import type { McpControl } from './resources/mcp.js';
import type { CostControl } from './resources/costs.js';
import type { KnowledgeControl } from './resources/knowledge.js';
import type { PeopleControl } from './resources/people.js';
import type { HistoryControl } from './resources/history.js';
import type { MemoryControl } from './resources/memories.js';
import type { ModelControl } from './resources/models.js';
import type { Overview } from './resources/overview.js';
import type { Problems } from './resources/problems.js';
import type { SayControl } from './resources/say.js';
import type { LifecycleControl, UpkeepControl } from './resources/upkeep.js';
import type { VoiceControl } from './resources/voices.js';

/** Operations of the admin API. An undefined operation has no routes. */
export interface AdminOperations {
  readonly overview?: Overview | undefined;
  readonly problems?: Problems | undefined;
  readonly say?: SayControl | undefined;
  readonly configuration?: ConfigurationControl | undefined;
  readonly models?: ModelControl | undefined;
  readonly mcp?: McpControl | undefined;
  readonly voices?: VoiceControl | undefined;
  readonly languageModel?: LanguageModelControl | undefined;
  readonly memories?: MemoryControl | undefined;
  readonly knowledge?: KnowledgeControl | undefined;
  readonly people?: PeopleControl | undefined;
  readonly history?: HistoryControl | undefined;
  readonly costs?: CostControl | undefined;
  readonly lifecycle?: LifecycleControl | undefined;
  readonly upkeep?: UpkeepControl | undefined;
}

export interface AdminOptions extends AdminOperations {
  readonly version: string;
  /** The command that starts this installation. It replaces `npx chorus` in answers. */
  readonly command?: string;
  readonly password: AdminPassword;
  /** `admin.hosts`, the names by which the page may be opened. */
  readonly hosts: () => readonly string[];
  /** Folder of the built page. Undefined if the server has no page. */
  readonly pageFolder?: string | undefined;
  /** Called after an agent was removed from the database. */
  readonly onAgentRemoved?: ((agentId: string) => void) | undefined;
}
