import { isBranch, textOf, type Tree } from '../providers/index.js';

export { isBranch, isPlaceholder, numberOf, textOf, type Branch, type Tree } from '../providers/index.js';

export const emptyBranch = (): Record<string, Tree> => Object.create(null) as Record<string, Tree>;

export function at(tree: Tree | undefined, path: readonly string[]): Tree | undefined {
  let value = tree;
  for (const step of path) value = isBranch(value) ? value[step] : undefined;
  return value;
}

/** Merges as the old server does. The later value wins, and only maps are merged recursively. */
export function merge(base: Tree, over: Tree): Tree {
  if (!isBranch(base) || !isBranch(over)) return over;
  const merged = emptyBranch();
  for (const [key, value] of Object.entries(base)) merged[key] = value;
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isBranch(before) && isBranch(value) ? merge(before, value) : value;
  }
  return merged;
}

/** Also reads `true` and `false` from a text or a number. */
export function booleanOf(value: Tree | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (text === 'true' || text === 1) return true;
  return text === 'false' || text === 0 ? false : undefined;
}

/** Splits a single text at semicolons, as the old server's database does. */
export function textsOf(value: Tree | undefined): readonly string[] | undefined {
  const list = typeof value === 'string' ? value.split(/[;；]/) : value;
  if (!Array.isArray(list)) return undefined;
  return (list as readonly Tree[]).map(textOf).filter((text) => text !== undefined);
}
