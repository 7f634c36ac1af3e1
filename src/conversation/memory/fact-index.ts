import { setImmediate } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import type { MemoryRecord } from '../../platform/store/index.js';
import { isInflected, termsOf } from './terms.js';

const MAX_RECALLED = 8;
const MAX_RECALLED_CHARS = 800;
/** Number of places among the recalled facts that are reserved for the newest facts. */
const NEWEST = 2;
const MAX_KNOWN = 60;
/** Maximum number of known facts that are looked up for the words of one turn. */
const KNOWN_BY_WORDS = 8;
/** A hit is dropped if its score is below this share of the best score. */
const WEAKEST = 0.15;

/** Number of facts that are indexed before the event loop runs other work. Each takes about 100 µs. */
const AT_ONCE = 25;

/** The facts about one device and agent that are true now. A search among a thousand facts takes about 1 ms. */
export class FactIndex {
  readonly #facts = new Map<string, MemoryRecord>();
  readonly #index = new MiniSearch<MemoryRecord>({
    fields: ['text', 'keywords', 'name'],
    extractField: (fact, field) => {
      const value = fact[field as keyof MemoryRecord];
      return Array.isArray(value) ? value.join(' ') : String(value ?? '');
    },
    tokenize: termsOf,
    processTerm: (term) => term,
    searchOptions: {
      boost: { keywords: 1.2, name: 1.5 },
      prefix: isInflected,
      fuzzy: (term) => (isInflected(term) ? 0.25 : false),
      weights: { fuzzy: 0.4, prefix: 0.6 },
    },
  });

  constructor(facts: readonly MemoryRecord[] = []) {
    for (const fact of facts) this.add(fact);
  }

  /** Indexes many facts without delaying running conversations. */
  static async of(facts: readonly MemoryRecord[]): Promise<FactIndex> {
    const index = new FactIndex();
    for (let from = 0; from < facts.length; from += AT_ONCE) {
      if (from > 0) await setImmediate();
      for (const fact of facts.slice(from, from + AT_ONCE)) index.add(fact);
    }
    return index;
  }

  /** The newest fact is last. */
  get facts(): readonly MemoryRecord[] {
    return [...this.#facts.values()].sort((a, b) => a.createdMs - b.createdMs);
  }

  add(fact: MemoryRecord): void {
    if (fact.kind !== 'fact' || fact.replacedBy !== undefined || this.#facts.has(fact.id)) return;
    this.#facts.set(fact.id, fact);
    this.#index.add(fact);
  }

  remove(id: string): void {
    if (this.#facts.delete(id)) this.#index.discard(id);
  }

  /** Best match first. */
  search(text: string): readonly MemoryRecord[] {
    const hits = this.#index.search(text);
    const best = hits[0]?.score ?? 1;
    return hits.flatMap(({ id, score }) => {
      const fact = this.#facts.get(String(id));
      return fact === undefined || score < best * WEAKEST ? [] : [fact];
    });
  }

  /** Facts that may be relevant to these words, best first. The newest facts follow, up to the limits. */
  recall(text: string): readonly MemoryRecord[] {
    const newest = this.facts.toReversed();
    const ranked = [...this.search(text).slice(0, MAX_RECALLED - NEWEST), ...newest];
    const recalled: MemoryRecord[] = [];
    let chars = 0;
    for (const fact of new Set(ranked)) {
      chars += sentenceOf(fact).length;
      if (recalled.length === MAX_RECALLED || chars > MAX_RECALLED_CHARS) break;
      recalled.push(fact);
    }
    return recalled;
  }

  /** Facts that a conversation may contradict. Facts that match its words come first, and then the newest facts. */
  recallFor(turns: readonly string[]): readonly MemoryRecord[] {
    const found = turns.flatMap((text) => this.search(text).slice(0, KNOWN_BY_WORDS));
    return [...new Set([...found, ...this.facts.toReversed()])].slice(0, MAX_KNOWN);
  }
}

export function sentenceOf({ name, text }: Pick<MemoryRecord, 'name' | 'text'>): string {
  return name === undefined || text.includes(name) ? text : `${name}: ${text}`;
}

export function isSameFact(a: Pick<MemoryRecord, 'name' | 'text'>, b: Pick<MemoryRecord, 'name' | 'text'>): boolean {
  if ((a.name ?? '').toLowerCase() !== (b.name ?? '').toLowerCase()) return false;
  const [left, right] = [new Set(termsOf(a.text)), new Set(termsOf(b.text))];
  const shared = [...left].filter((term) => right.has(term)).length;
  return left.size > 0 && shared / Math.max(left.size, right.size) >= 0.75;
}
