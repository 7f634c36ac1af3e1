import { isAlias, isMap, isNode, isScalar, isSeq, type Document } from 'yaml';

/** Something that is valid YAML but that no real configuration contains. */
export interface Oddity {
  readonly offset: number | undefined;
  readonly detail: string;
}

/** An entry counts again for each alias. A full configuration has a few hundred entries. */
const MAX_ENTRIES = 10_000;

/** Finds too many entries, an alias to a node that contains the alias, or a duplicate key. */
export function oddityOf(document: Document): Oddity | undefined {
  let entries = 0;
  const within = new Set<unknown>();
  const look = (value: unknown): Oddity | undefined => {
    const node = isAlias(value) ? value.resolve(document) : value;
    if (!isMap(node) && !isSeq(node)) return undefined;
    const offset = isNode(value) ? value.range?.[0] : undefined;
    if (within.has(node)) return { offset, detail: 'an alias refers to what it stands in' };
    within.add(node);
    const keys = new Set<unknown>();
    for (const item of node.items as readonly unknown[]) {
      if (++entries > MAX_ENTRIES) return { offset, detail: `there are more than ${MAX_ENTRIES} entries` };
      const { key, value: inner } = isMap(node)
        ? (item as { key: unknown; value: unknown })
        : { key: undefined, value: item };
      if (isScalar(key) && keys.size === keys.add(key.value).size)
        return { offset: key.range?.[0], detail: 'Map keys must be unique' };
      const found = look(inner);
      if (found) return found;
    }
    within.delete(node);
    return undefined;
  };
  return look(document.contents);
}
