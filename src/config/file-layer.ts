import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { FIELDS, SECTIONS } from './fields.js';
import { oddityOf } from './yaml-oddities.js';
import { emptyLayer, findDoubles, place, type Layer } from './layer.js';
import { showValue, type Origin } from './mistake.js';

/** Prevents reading a gigabyte if somebody names a wrong file. */
export const CONFIG_MAX_BYTES = 1_048_576;

/** Further errors are not reported, because one mistake can cause many errors. */
const MAX_SYNTAX_ERRORS = 20;

/** Top-level keys that only the Python server's configuration has. */
const PYTHON_KEYS = ['selected_module', 'read_config_from_api', 'manager-api'];

/** Never throws. `file` is the file's name in messages. */
export function readFileLayer(text: string, file: string): Layer {
  const layer = emptyLayer();
  const lines = new LineCounter();
  const at = (offset: number | undefined): Origin => ({
    kind: 'file',
    file,
    line: offset === undefined ? 1 : Math.max(1, lines.linePos(offset).line),
  });
  // Duplicate keys are looked for later, because the parser would compare every key with every other.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: false });
  // The parser may report a mistake twice for the same line, but messages name it once.
  const errors = new Map(
    document.errors.map((error) => [`${lines.linePos(error.pos[0]).line} ${detailOf(error)}`, error]),
  );
  for (const error of [...errors.values()].slice(0, MAX_SYNTAX_ERRORS))
    layer.mistakes.push({ kind: 'syntax', origin: at(error.pos[0]), key: '', detail: detailOf(error) });
  if (document.errors.length > 0) return layer;
  const oddity = oddityOf(document);
  if (oddity) {
    layer.mistakes.push({ kind: 'syntax', origin: at(oddity.offset), key: '', detail: oddity.detail });
    return layer;
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return layer;
  if (!isMap(root)) {
    layer.mistakes.push({
      kind: 'syntax',
      origin: at(root.range?.[0]),
      key: '',
      detail: 'the file must consist of "key: value" lines',
    });
    return layer;
  }
  if (PYTHON_KEYS.some((key) => root.has(key))) {
    layer.mistakes.push({
      kind: 'foreign',
      origin: at(undefined),
      key: PYTHON_KEYS.find((key) => root.has(key)) ?? '',
    });
    return layer;
  }
  walk(document, root, '', layer, at);
  findDoubles(layer);
  return layer;
}

function walk(
  document: Document,
  map: YAMLMap,
  prefix: string,
  layer: Layer,
  at: (offset: number | undefined) => Origin,
): void {
  for (const pair of map.items) {
    const keyNode = isNode(pair.key) ? pair.key : undefined;
    const name = isScalar(keyNode) ? String(keyNode.value) : showValue(keyNode?.toJS(document));
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const origin = at(keyNode?.range?.[0]);
    const node = resolve(document, isNode(pair.value) ? pair.value : undefined);
    // `key:` without a value means "not set", because people remove a value in this way.
    if (node === undefined || (isScalar(node) && node.value === null)) {
      if (!FIELDS.has(key) && !SECTIONS.has(key)) place(layer, key, null, origin);
      continue;
    }
    if (SECTIONS.has(key) && isMap(node)) {
      walk(document, node, key, layer, at);
      continue;
    }
    const value = plainValue(document, node, key);
    if (value.ok) place(layer, key, value.value, origin, (path) => locate(document, node, path, origin, at));
    else layer.mistakes.push({ kind: 'syntax', origin, key, detail: value.detail });
  }
}

function resolve(document: Document, node: Node | undefined): Node | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

function plainValue(
  document: Document,
  node: Node,
  key: string,
): { ok: true; value: unknown } | { ok: false; detail: string } {
  // `voice: 8` and `api_key: 0123` look like numbers, but they are texts. They keep the characters that were typed.
  if (
    isScalar(node) &&
    FIELDS.get(key)?.shape.type === 'string' &&
    typeof node.value !== 'string' &&
    node.source !== undefined
  )
    return { ok: true, value: node.source };
  try {
    return { ok: true, value: node.toJS(document, { maxAliasCount: 100 }) };
  } catch (error) {
    return { ok: false, detail: firstLine(error instanceof Error ? error.message : String(error)) };
  }
}

function locate(
  document: Document,
  node: Node,
  path: readonly PropertyKey[],
  fallback: Origin,
  at: (offset: number | undefined) => Origin,
): Origin {
  let current: unknown = node;
  for (const step of path) {
    if (!isNode(current) || !('get' in current) || typeof step === 'symbol') return fallback;
    const next: unknown = (current as YAMLMap).get(step, true);
    current = isPair(next) ? next.value : next;
    if (isAlias(current)) current = current.resolve(document);
  }
  return isNode(current) && current.range ? at(current.range[0]) : fallback;
}

/** The parser is recursive, so deep nesting overflows the stack. */
const detailOf = ({ message }: Error): string =>
  message.startsWith('Maximum call stack') ? 'it is nested too deeply' : firstLine(message);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
