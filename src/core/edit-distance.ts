/**
 * Edit distance from `from` to each prefix of `to`, shortest first. With `anywhere`, items of `to` before the match
 * cost nothing.
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
