/** The usual constant of reciprocal rank fusion. A larger constant gives less weight to the first ranks. */
const K = 60;

interface Place {
  readonly documentId: string;
  readonly number: number;
}

export interface Fused extends Place {
  /** Sum of `1 / (60 + rank)` over all lists. The sum only serves to compare passages. */
  readonly score: number;
}

/**
 * Merges lists of passages, each best first, by reciprocal rank fusion. The scores in different lists need not be
 * comparable.
 */
export function fuseRanks(lists: readonly (readonly Place[])[], most: number): readonly Fused[] {
  const fused = new Map<string, Fused>();
  for (const list of lists)
    list.forEach(({ documentId, number }, at) => {
      const key = `${number} ${documentId}`;
      const score = (fused.get(key)?.score ?? 0) + 1 / (K + at + 1);
      fused.set(key, { documentId, number, score });
    });
  return [...fused.values()].sort((a, b) => b.score - a.score).slice(0, most);
}
