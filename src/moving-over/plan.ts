import type { Agent } from '../records/index.js';
import { Draft } from './draft.js';
import type { OldSettings } from './old-settings.js';
import { planAccess, type OldAccess } from './plan-access.js';
import { planDevices } from './plan-devices.js';
import { MCP_FILE, planMcpServers } from './plan-mcp.js';
import { planMemories, type PlannedMemory } from './plan-memories.js';
import { mainAgent, settingsOfDump } from './dump-settings.js';
import { planKeys } from './plan-keys.js';
import { planModules } from './plan-modules.js';
import { planPeople, type PlannedPerson } from './plan-people.js';
import type { ImportReport, PlannedDevice } from './report.js';
import { at, isBranch, merge, textOf, type Branch } from './tree.js';
import { movingOverWords } from './words.js';

export interface ImportPlan {
  /** Values for the configuration, including secrets. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly access: OldAccess;
  readonly devices: readonly PlannedDevice[];
  readonly agents: readonly Agent[];
  readonly people: readonly PlannedPerson[];
  readonly memories: readonly PlannedMemory[];
  /** True if the files contain a server's settings, so that the server's devices will connect to Chorus. */
  readonly moves: boolean;
  /** True if `devices` is the complete list of the old server's devices. */
  readonly listed: boolean;
  /** Text of the MCP server file for the data folder. Undefined if no file is needed. */
  readonly mcpServers: string | undefined;
  readonly report: ImportReport;
}

const SERVER_SECTIONS = ['server', 'selected_module', 'manager-api', 'LLM', 'TTS', 'ASR', 'prompt'];

export function planImport(settings: OldSettings): ImportPlan {
  const draft = new Draft();
  const tree = inForce(settings);
  const { chosen, dump } = settings;
  planKeys(draft, { tree, chosen, allChosen: Object.keys(chosen).length === 0 });
  const notSelected = planModules(draft, tree, chosen);
  const moves = dump !== undefined || SERVER_SECTIONS.some((name) => tree[name] !== undefined);
  const access = planAccess(draft, tree, moves);
  const { devices, agents } = planDevices(draft, dump, tree);
  const main = dump && mainAgent(dump);
  const memories = planMemories(draft, { dump, main, memories: settings.memories, moves });
  const people = planPeople(draft, { tree, chosen, dump });
  const manager = textOf(at(tree, ['manager-api', 'url']));
  if (manager !== undefined && !dump) {
    draft.ask('manager-api.url', movingOverWords.needsManager);
  }
  for (const name of settings.tools.slice(0, 100))
    draft.keep(`mcp_server_settings.json: ${name.slice(0, 80)}`, MCP_FILE, '***');
  const mcpServers = planMcpServers(draft, { tree, toolsText: settings.toolsText, agents, main });
  if (settings.ownPromptFrame) draft.skip('agent-base-prompt.txt', movingOverWords.ownPrompt);
  const { values, taken, left, todo, untouched } = draft;
  return {
    values,
    access,
    devices,
    agents,
    people,
    memories,
    mcpServers,
    moves,
    listed: dump !== undefined && dump.devices.length > 0,
    report: {
      files: settings.read.map(({ file }) => file),
      problems: settings.problems,
      taken,
      left,
      todo,
      devices,
      notSelected,
      untouched,
    },
  };
}

/**
 * Returns the settings that applied. With a web console, the old server ignored its own `config.yaml`. Addresses in
 * `.config.yaml` overrode those in the database.
 */
function inForce({ tree, chosen, dump }: OldSettings): Branch {
  if (dump) return branch(merge(settingsOfDump(dump), chosen));
  return textOf(at(chosen, ['manager-api', 'url'])) === undefined ? tree : chosen;
}

function branch(value: ReturnType<typeof merge>): Branch {
  return isBranch(value) ? value : {};
}
