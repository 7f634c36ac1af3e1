export interface Thinned {
  readonly atS: readonly number[];
  readonly columns: readonly (readonly (number | null)[])[];
}

/** Each interval keeps its lowest and highest value, so short peaks stay. Returns about `maxPoints` points. */
export function thin(
  atS: readonly number[],
  columns: readonly (readonly (number | null)[])[],
  maxPoints: number,
): Thinned {
  if (atS.length <= maxPoints) return { atS, columns };
  const stretches = Math.max(1, Math.floor(maxPoints / 2));
  const border = (index: number): number => Math.round((index * atS.length) / stretches);
  const times: number[] = [];
  const thinned: (number | null)[][] = columns.map(() => []);
  for (let index = 0; index < stretches; index++) {
    const from = border(index);
    const to = border(index + 1);
    times.push(atS[from] ?? 0, atS[from + Math.floor((to - from) / 2)] ?? 0);
    columns.forEach((column, at) => thinned[at]?.push(...extremes(column.slice(from, to))));
  }
  return { atS: times, columns: thinned };
}

function extremes(values: readonly (number | null)[]): [number | null, number | null] {
  let low: { value: number; at: number } | undefined;
  let high: { value: number; at: number } | undefined;
  values.forEach((value, at) => {
    if (value === null || !Number.isFinite(value)) return;
    if (!low || value < low.value) low = { value, at };
    if (!high || value > high.value) high = { value, at };
  });
  if (!low || !high) return [null, null];
  return low.at <= high.at ? [low.value, high.value] : [high.value, low.value];
}
