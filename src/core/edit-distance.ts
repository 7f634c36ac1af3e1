/**
 * For each prefix of `to`, shortest first: the minimum number of items to change, add or remove so that `from` becomes
 * that prefix. With `anywhere`: so that `from` becomes any part of `to` that ends where this prefix ends.
 */
export function editDistances(
  from: readonly string[],
  to: readonly string[],
  { anywhere = false }: { readonly anywhere?: boolean } = {},
): readonly number[] {
  let row = Array.from({ length: to.length + 1 }, (_, at) => (anywhere ? 0 : at));
  for (const [i, item] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries())
      next.push(Math.min((row[j] ?? 0) + (item === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row;
}
