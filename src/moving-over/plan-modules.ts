import type { Draft } from './draft.js';
import { MODULES, providerRows, type ModuleName, type ProviderRow } from './mapping/index.js';
import { at, isBranch, isPlaceholder, textOf, type Branch, type Tree } from './tree.js';
import { movingOverWords } from './words.js';

/** Fields of a provider's settings that do not affect its behaviour. */
const HOUSEKEEPING = new Set(['type', 'output_dir', 'model_dir', 'model_path', 'is_ssl']);
const MAX_NAMES = 100;

/**
 * Imports the selected provider of each module. Returns the names of the other providers in the files that a person
 * wrote.
 */
export function planModules(draft: Draft, tree: Branch, chosen: Branch): Readonly<Record<string, readonly string[]>> {
  const notSelected: Record<string, readonly string[]> = {};
  for (const module of MODULES) {
    const section = at(tree, [module]);
    const selected = textOf(at(tree, ['selected_module', module]));
    const others = isBranch(section)
      ? Object.keys(section).filter((name) => name !== selected && at(chosen, [module, name]) !== undefined)
      : [];
    if (others.length > 0) notSelected[module] = others.slice(0, MAX_NAMES);
    if (selected === undefined) {
      if (at(tree, ['selected_module', module]) !== undefined)
        draft.skip(`selected_module.${module}`, movingOverWords.noProvider);
      continue;
    }
    planProvider(draft, module, selected, isBranch(section) ? section[selected] : undefined);
  }
  return notSelected;
}

function planProvider(draft: Draft, module: ModuleName, name: string, provider: Tree | undefined): void {
  const from = `${module}.${name}`;
  // The old server uses a provider's name as its type if the settings contain no type.
  const settings = isBranch(provider) ? provider : undefined;
  const type = textOf(settings?.['type']) ?? name;
  const row = findProvider(module, type);
  if (!row) {
    draft.skip(from, movingOverWords.unknownType(JSON.stringify(type)));
    return;
  }
  const label = `${from} (${type})`;
  const taken = row.take?.(settings ?? {});
  if (!taken) {
    draft.skip(label, row.take ? movingOverWords.incompleteSettings : row.about);
    if (module === 'LLM') draft.ask(label, movingOverWords.chooseLlm);
    return;
  }
  const fields = new Set<string>(HOUSEKEEPING);
  for (const { field, key, value } of taken.fields) {
    fields.add(field);
    draft.set(`${from}.${field}`, key, value);
  }
  for (const note of taken.notes ?? []) draft.ask(label, note);
  const rest = Object.entries(settings ?? {})
    .filter(([field, value]) => !fields.has(field) && !isNothing(value))
    .map(([field]) => field);
  if (rest.length > 0) draft.skip(`${from}: ${rest.slice(0, MAX_NAMES).join(', ')}`, movingOverWords.noCounterpart);
}

export function findProvider(module: ModuleName, type: string): ProviderRow | undefined {
  return providerRows().find(
    (row) => row.module === module && row.types.some((known) => known.toLowerCase() === type.toLowerCase()),
  );
}

function isNothing(value: Tree): boolean {
  return value === null || (typeof value === 'string' && isPlaceholder(value.trim()));
}
