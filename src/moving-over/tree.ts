/** What a YAML or JSON file holds, as plain data. Keys are texts, whatever they looked like. */
export type Tree = null | boolean | number | string | readonly Tree[] | Branch;
/** Without a prototype, so that `__proto__` is a key like any other. */
export interface Branch {
  readonly [key: string]: Tree;
}

export function isBranch(value: Tree | undefined): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const emptyBranch = (): Record<string, Tree> => Object.create(null) as Record<string, Tree>;

/** The value at a path; undefined where there is none. */
export function at(tree: Tree | undefined, path: readonly string[]): Tree | undefined {
  let value = tree;
  for (const step of path) value = isBranch(value) ? value[step] : undefined;
  return value;
}

/** As that server puts its two files together: the later one wins, and only maps are gone into. */
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

/** A text, or a number or boolean as it was written; undefined for what is empty or no single value. */
export function textOf(value: Tree | undefined): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** A number, also one in quotes. */
export function numberOf(value: Tree | undefined): number | undefined {
  if (typeof value === 'string' && !/^[+-]?\d{1,15}(\.\d{1,9})?$/.test(value.trim())) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** `true`, also as text. */
export function booleanOf(value: Tree | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (text === 'true' || text === 1) return true;
  return text === 'false' || text === 0 ? false : undefined;
}

/** A list of texts; a single text is split as that server's database keeps lists (`a;b`). */
export function textsOf(value: Tree | undefined): readonly string[] | undefined {
  const list = typeof value === 'string' ? value.split(/[;；]/) : value;
  if (!Array.isArray(list)) return undefined;
  return (list as readonly Tree[]).map(textOf).filter((text) => text !== undefined);
}

/** What stands in that server's examples where a key or an address belongs. */
export function isPlaceholder(text: string): boolean {
  return (
    text === '' ||
    /你|填|^(none|null|your[-_ ]?.*|xx+|.*-xx+|sk-x+|<.*>|YOUR.*)$/i.test(text) ||
    /your[-_ ]?(api|key|token|secret|host|ip)/i.test(text)
  );
}
