import { MEMORY_SERVICES, type MemoryKind } from '../../records/index.js';

/**
 * The database keeps `single_facts` and `one_text`, which the language model extracts from each conversation when it is
 * over. A service keeps its memory itself.
 */
export type Keeping = 'single_facts' | 'one_text' | { readonly service: (typeof MEMORY_SERVICES)[number] };

const KEEPING: ReadonlyMap<MemoryKind, Keeping> = new Map<MemoryKind, Keeping>([
  ['facts', 'single_facts'],
  ['summary', 'one_text'],
  ...MEMORY_SERVICES.map((service): [MemoryKind, Keeping] => [service, { service }]),
]);

/** Undefined if nothing is remembered. */
export const keepingOf = (kind: MemoryKind): Keeping | undefined => KEEPING.get(kind);

/** Undefined if the database keeps the memory. */
export const serviceOf = (keeping: Keeping): (typeof MEMORY_SERVICES)[number] | undefined =>
  typeof keeping === 'object' ? keeping.service : undefined;
