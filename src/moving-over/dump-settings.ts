import { emptyBranch, isBranch, type Branch, type Tree } from './tree.js';
import { paramTree, type ManagerDump, type OldAgent, type OldModel, type OldModelKind } from './manager-dump.js';
import { MODULES, type ModuleName } from './mapping/index.js';

/** The agent with the most devices. */
export function mainAgent({ agents, devices }: Pick<ManagerDump, 'agents' | 'devices'>): OldAgent | undefined {
  const counts = new Map<string, number>();
  for (const { agentId } of devices) if (agentId !== undefined) counts.set(agentId, (counts.get(agentId) ?? 0) + 1);
  let best: { readonly agent: OldAgent; readonly devices: number } | undefined;
  for (const agent of agents) {
    const mine = counts.get(agent.id) ?? 0;
    if (!best || mine > best.devices) best = { agent, devices: mine };
  }
  return best?.agent;
}

/** Converts a dump to the shape of `config.yaml`, so that dumps and files use the same mapping. */
export function settingsOfDump(dump: ManagerDump): Branch {
  const root = emptyBranch();
  for (const [code, param] of dump.params) put(root, code.split('.'), paramTree(param));
  const agent = mainAgent(dump);
  const selected = emptyBranch();
  for (const module of MODULES) {
    const model = modelOf(dump, agent, module);
    if (!model) continue;
    selected[module] = model.code;
    root[module] = { ...asBranch(root[module]), [model.code]: withVoice(model, module, agent, dump) };
  }
  root['selected_module'] = selected;
  if (agent?.prompt !== undefined) root['prompt'] = agent.prompt;
  const plugins = dump.plugins.get(agent?.id ?? '');
  if (plugins) root['plugins'] = { ...asBranch(root['plugins']), ...plugins };
  const corrections = dump.corrections.get(agent?.id ?? '');
  if (corrections) root['correct_words'] = corrections;
  return root;
}

/** The model that the agent names, otherwise the module's default model. */
export function modelOf(dump: ManagerDump, agent: OldAgent | undefined, module: ModuleName): OldModel | undefined {
  const wanted = agent?.models[module satisfies OldModelKind];
  const ofKind = dump.models.filter(({ kind }) => kind.toLowerCase() === module.toLowerCase());
  return (
    (wanted === undefined ? undefined : ofKind.find(({ id, code }) => id === wanted || code === wanted)) ??
    ofKind.find(({ isDefault }) => isDefault)
  );
}

export function withVoice(model: OldModel, module: ModuleName, agent: OldAgent | undefined, dump: ManagerDump): Branch {
  const id = agent?.voiceId;
  const voice = id === undefined ? undefined : (dump.voices.get(id) ?? (dump.voices.size === 0 ? id : undefined));
  return module === 'TTS' && voice !== undefined ? { ...model.settings, voice } : model.settings;
}

function asBranch(value: Tree | undefined): Branch {
  return isBranch(value) ? value : emptyBranch();
}

function put(root: Record<string, Tree>, path: readonly string[], value: Tree): void {
  let branch = root;
  for (const step of path.slice(0, -1)) {
    const next = branch[step];
    const inner = isBranch(next) ? (next as Record<string, Tree>) : emptyBranch();
    branch[step] = inner;
    branch = inner;
  }
  const last = path.at(-1);
  if (last !== undefined) branch[last] = value;
}
