import { ALIASES, REMOVED } from './aliases.js';
import { FIELDS, SECTIONS, type Field } from './fields.js';
import { showValue, type ConfigNote, type Mistake, type Origin } from './mistake.js';
import { suggestKey } from './suggest.js';

/** One value from one source. `member` is set if only one entry of a map was given (`--set asr.corrections.A=B`). */
export interface Leaf {
  readonly field: Field;
  readonly value: unknown;
  readonly origin: Origin;
  readonly member?: string;
  /** Finds the exact origin of the value at `path`. */
  readonly locate?: (path: readonly PropertyKey[]) => Origin;
}

/** The values of one source, which is the file, the environment or the flags. */
export interface Layer {
  readonly leaves: Leaf[];
  readonly mistakes: Mistake[];
  readonly notes: ConfigNote[];
}

export const emptyLayer = (): Layer => ({ leaves: [], mistakes: [], notes: [] });

/** `key` may be a field, an old name, an entry of a map, or unknown. */
export function place(layer: Layer, key: string, value: unknown, origin: Origin, locate?: Leaf['locate']): void {
  const field = FIELDS.get(key);
  if (field) {
    layer.leaves.push({ field, value, origin, ...(locate && { locate }) });
    return;
  }
  const alias = ALIASES.get(key);
  if (alias) {
    placeAlias(layer, key, value, origin);
    return;
  }
  if (REMOVED.has(key)) {
    layer.notes.push({ kind: 'removed', origin, key });
    return;
  }
  for (const candidate of FIELDS.values()) {
    if (candidate.map && key.startsWith(`${candidate.key}.`)) {
      layer.leaves.push({ field: candidate, value, origin, member: key.slice(candidate.key.length + 1) });
      return;
    }
  }
  if (SECTIONS.has(key))
    layer.mistakes.push({ kind: 'not_a_section', origin, key, found: holdsSecret(key) ? '***' : showValue(value) });
  else layer.mistakes.push({ kind: 'unknown_key', origin, key, suggestion: suggestKey(key) });
}

/** A user may forget the key and write `admin: PASSWORD`, so messages must not show the section's value. */
function holdsSecret(section: string): boolean {
  return [...FIELDS.values()].some(({ key, secret }) => secret && key.startsWith(`${section}.`));
}

function placeAlias(layer: Layer, key: string, value: unknown, origin: Origin): void {
  const alias = ALIASES.get(key);
  const field = alias && FIELDS.get(alias.to);
  if (!alias || !field) return;
  const converted = alias.convert(value);
  if (!converted) {
    layer.mistakes.push({
      kind: 'invalid',
      origin,
      key,
      found: showValue(value),
      shape: { type: 'number', description: alias.unit ?? '' },
    });
    return;
  }
  layer.leaves.push({ field, value: converted.value, origin });
  layer.notes.push({
    kind: 'alias',
    origin,
    from: key,
    to: alias.to,
    value: showValue(converted.value),
    limited: converted.limited === true,
  });
  for (const [other, consequence] of Object.entries(converted.also ?? {})) {
    const otherField = FIELDS.get(other);
    if (otherField) layer.leaves.unshift({ field: otherField, value: consequence, origin });
  }
}

/** An old name and its new name in the same layer are a mistake, because nobody can tell which value is meant. */
export function findDoubles(layer: Layer): void {
  for (const note of layer.notes) {
    if (note.kind !== 'alias') continue;
    const twice = layer.leaves.filter((leaf) => leaf.field.key === note.to && leaf.member === undefined);
    if (twice.length > 1)
      layer.mistakes.push({
        kind: 'rule',
        origin: note.origin,
        key: note.from,
        found: '',
        rule: 'both_names',
        other: note.to,
        otherFound: '',
      });
  }
}
