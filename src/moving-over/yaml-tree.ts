import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { emptyBranch, type Tree } from './tree.js';

export type ParsedYaml =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly line: number; readonly reason: 'syntax' | 'too_large' };

/** Limit on nodes. A real configuration has about a thousand. An alias counts each time it is followed. */
const MAX_NODES = 50_000;
const MAX_DEPTH = 64;

class TooLarge extends Error {}

/**
 * Reads YAML 1.1 as the Python server does. Depth and size are bounded, even with aliases. The result reports invalid
 * text.
 */
export function parseYamlTree(text: string): ParsedYaml {
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, {
      version: '1.1',
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'silent',
      merge: true,
    });
  } catch {
    // The parser is recursive, so deep nesting overflows its stack.
    return { ok: false, line: 1, reason: 'too_large' };
  }
  const [error] = document.errors;
  if (error) return { ok: false, line: Math.max(1, lines.linePos(error.pos[0]).line), reason: 'syntax' };
  try {
    return { ok: true, tree: new Walk(document).plain(document.contents, 0) };
  } catch (thrown) {
    if (thrown instanceof TooLarge || thrown instanceof RangeError) return { ok: false, line: 1, reason: 'too_large' };
    throw thrown;
  }
}

class Walk {
  #nodes = 0;

  constructor(private readonly document: Document) {}

  plain(node: unknown, depth: number): Tree {
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw new TooLarge();
    const real = isNode(node) ? this.#resolve(node) : undefined;
    if (isMap(real)) return this.#branch(real.items, depth);
    if (isSeq(real)) return real.items.map((item) => this.plain(item, depth + 1));
    return isScalar(real) ? scalar(real.value, real.source) : null;
  }

  #branch(items: readonly unknown[], depth: number): Tree {
    const branch = emptyBranch();
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const key = isScalar(pair.key) ? pair.key : undefined;
      if (key?.source === '<<') {
        this.#merge(branch, pair.value, depth);
        continue;
      }
      if (key) branch[key.source ?? String(key.value)] = this.plain(pair.value, depth + 1);
    }
    return branch;
  }

  /** The map's own keys take precedence over `<<: *other`. */
  #merge(branch: Record<string, Tree>, value: unknown, depth: number): void {
    const merged = this.plain(value, depth + 1);
    const maps = Array.isArray(merged) ? (merged as readonly Tree[]) : [merged];
    for (const map of maps) {
      if (typeof map !== 'object' || map === null || Array.isArray(map)) continue;
      for (const [key, inner] of Object.entries(map)) if (!(key in branch)) branch[key] = inner;
    }
  }

  #resolve(node: Node): Node | undefined {
    let real: Node | undefined = node;
    for (let step = 0; isAlias(real) && step < MAX_DEPTH; step++) real = real.resolve(this.document);
    return isAlias(real) ? undefined : real;
  }
}

function scalar(value: unknown, source: string | undefined): Tree {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  // YAML 1.1 reads `11:22:33:44:55:66` as a number to base 60, but the author means a MAC address.
  if (source !== undefined && source.includes(':')) return source;
  if (typeof value === 'number') return Number.isFinite(value) ? value : (source ?? null);
  if (typeof value === 'bigint') return Number(value);
  return source ?? null;
}

/** Returns undefined if the JSON is invalid, too large or nested too deeply. */
export function parseJsonTree(text: string): Tree | undefined {
  let nodes = 0;
  const plain = (value: unknown, depth: number): Tree => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw new TooLarge();
    if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
    if (typeof value === 'object' && value !== null) {
      const branch = emptyBranch();
      for (const [key, inner] of Object.entries(value)) branch[key] = plain(inner, depth + 1);
      return branch;
    }
    return value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number'
      ? value
      : null;
  };
  try {
    return plain(JSON.parse(text) as unknown, 0);
  } catch {
    return undefined;
  }
}
