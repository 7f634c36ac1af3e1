import { isDeepStrictEqual } from 'node:util';
import { shown, type Draft } from './draft.js';
import { GENERAL_ROWS, GUIDE_ROWS, MODULES, type Row } from './mapping/index.js';
import { at, isBranch, isPlaceholder, type Branch, type Tree } from './tree.js';
import { movingOverWords } from './words.js';

export interface KeySources {
  readonly tree: Branch;
  /** Only the values that a person chose, without the old server's defaults. */
  readonly chosen: Branch;
  /**
   * True if no file with chosen values was found, e.g. only the old server's own file. Even its values then count as
   * chosen.
   */
  readonly allChosen: boolean;
}

const ROWS: ReadonlyMap<string, Row> = new Map(GENERAL_ROWS.map((row) => [row.from, row]));
const GUIDE: ReadonlyMap<string, Row> = new Map(GUIDE_ROWS.map((row) => [row.from, row]));
const MODULE_NAMES: ReadonlySet<string> = new Set<string>(MODULES);
const SECTIONS: ReadonlySet<string> = new Set(
  GENERAL_ROWS.filter(({ from }) => from.includes('.')).map(({ from }) => from.split('.')[0] ?? ''),
);
const MAX_DEPTH = 12;

/** Imports each key outside the modules, explains the key, or reports it as unknown. */
export function planKeys(draft: Draft, sources: KeySources): void {
  planGuide(draft, sources.chosen, []);
  for (const [name, value] of Object.entries(sources.tree)) {
    if (MODULE_NAMES.has(name) || GUIDE.has(name)) continue;
    const row = ROWS.get(name);
    if (row) planRow(draft, row, [name], value, sources);
    else if (SECTIONS.has(name) && isBranch(value)) planSection(draft, name, value, sources);
    else if (holdsGuide(value, 0)) continue;
    else if (wasChosen(sources, [name])) draft.skip(name, movingOverWords.unknownKey);
  }
}

function planSection(draft: Draft, section: string, branch: Branch, sources: KeySources): void {
  for (const [name, value] of Object.entries(branch)) {
    if (GUIDE.has(name)) continue;
    if (section === 'server' && name === 'auth' && isBranch(value)) {
      for (const [inner, innerValue] of Object.entries(value))
        planNamed(draft, `server.auth.${inner}`, innerValue, sources);
      continue;
    }
    planNamed(draft, `${section}.${name}`, value, sources);
  }
}

function planNamed(draft: Draft, key: string, value: Tree, sources: KeySources): void {
  const path = key.split('.');
  const row = ROWS.get(key) ?? ROWS.get(`${path[0] ?? ''}.*`);
  if (row) planRow(draft, row, path, value, sources);
  else if (wasChosen(sources, path)) draft.skip(key, movingOverWords.unknownKey);
}

function planRow(draft: Draft, row: Row, path: readonly string[], value: Tree, sources: KeySources): void {
  const from = path.join('.');
  if (
    row.elsewhere ||
    value === null ||
    (typeof value === 'string' && (value.trim() === '' || (!row.isText && isPlaceholder(value.trim()))))
  )
    return;
  const chosen = at(sources.chosen, path) !== undefined;
  if (!chosen && row.sourceDefaults?.some((sourceDefault) => isDeepStrictEqual(plain(sourceDefault), plain(value)))) {
    draft.untouched++;
    return;
  }
  if (!row.take) {
    if (!wasChosen(sources, path)) draft.untouched++;
    else if (row.manual) draft.ask(from, row.about);
    else draft.skip(from, row.about);
    return;
  }
  const values = row.take(value);
  if (!values) {
    draft.skip(from, row.secret ? row.about : refusalOf(row, value));
    return;
  }
  const entries = Object.entries(values);
  if (entries.length === 0 && wasChosen(sources, path)) draft.skip(from, row.about);
  for (const [key, newValue] of entries) draft.set(from, key, newValue);
}

function planGuide(draft: Draft, branch: Branch, path: readonly string[]): void {
  if (path.length > MAX_DEPTH) return;
  for (const [name, value] of Object.entries(branch)) {
    const row = GUIDE.get(name);
    const here = [...path, name];
    if (row && !isBranch(value)) {
      const values = value === null ? undefined : row.take?.(value);
      if (values) for (const [key, newValue] of Object.entries(values)) draft.set(here.join('.'), key, newValue);
      else draft.skip(here.join('.'), row.take ? refusalOf(row, value) : row.about);
    } else if (isBranch(value)) planGuide(draft, value, here);
  }
}

function holdsGuide(value: Tree, depth: number): boolean {
  return (
    isBranch(value) &&
    depth < MAX_DEPTH &&
    Object.entries(value).some(([name, inner]) => GUIDE.has(name) || holdsGuide(inner, depth + 1))
  );
}

function refusalOf({ about }: Row, value: Tree): Row['about'] {
  return movingOverWords.notTaken(shown(value), about);
}

function wasChosen(sources: KeySources, path: readonly string[]): boolean {
  return sources.allChosen || at(sources.chosen, path) !== undefined;
}

/** Copies a tree into objects with the usual prototype. The comparison needs that prototype. */
function plain(value: Tree): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
