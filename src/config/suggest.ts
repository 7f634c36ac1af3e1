import { distance } from 'fastest-levenshtein';
import { ALIASES } from './aliases.js';
import { FIELDS, SECTIONS } from './fields.js';

const lastSegment = (key: string): string => key.slice(key.lastIndexOf('.') + 1);
const parentOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf('.')));

/**
 * Prefers the closest spelling. If no spelling is close enough, returns the first allowed word that begins with `word`.
 */
export function suggestWord(word: string, allowed: readonly string[]): string | undefined {
  let best: { readonly word: string; readonly cost: number } | undefined;
  for (const candidate of allowed) {
    const cost = distance(word.toLowerCase(), candidate.toLowerCase());
    if (!best || cost < best.cost) best = { word: candidate, cost };
  }
  if (best && best.cost <= Math.max(1, Math.floor(word.length / 3))) return best.word;
  return word.length < 3 ? undefined : allowed.find((candidate) => candidate.startsWith(word.toLowerCase()));
}

/**
 * The known key with the closest spelling. For an old name, returns the present name. Undefined if no key is close
 * enough.
 */
export function suggestKey(key: string): string | undefined {
  const wanted = lastSegment(key).toLowerCase().replaceAll('-', '_');
  const parent = parentOf(key);
  let best: { readonly key: string; readonly cost: number } | undefined;
  const known = [...FIELDS.keys(), ...SECTIONS.keys(), ...ALIASES.keys()];
  for (const candidate of known) {
    const byName = distance(wanted, lastSegment(candidate)) + (parentOf(candidate) === parent ? 0 : 1);
    const cost = Math.min(byName, distance(key.toLowerCase(), candidate));
    if (!best || cost < best.cost) best = { key: ALIASES.get(candidate)?.to ?? candidate, cost };
  }
  return best && best.cost <= Math.max(2, Math.floor(wanted.length / 3)) ? best.key : undefined;
}
