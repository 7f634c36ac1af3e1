type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : S;
type Packed<T> = T extends boolean ? number : T extends readonly unknown[] ? string : T extends undefined ? null : T;

/** A record as a row. Columns are in snake_case, flags are 0 or 1, lists are JSON, and undefined is null. */
export type RowOf<T> = { -readonly [K in keyof T & string as SnakeCase<K>]: Packed<T[K]> };

export type PackedFields<T> = {
  readonly [K in keyof T as T[K] extends boolean | readonly unknown[] ? K : never]: T[K] extends boolean
    ? 'flag'
    : 'json';
};

export function toRow<T extends object>(record: T): RowOf<T> {
  return Object.fromEntries(
    Object.entries(record).map(([field, value]: [string, unknown]) => [
      field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof value === 'boolean' ? Number(value) : Array.isArray(value) ? JSON.stringify(value) : (value ?? null),
    ]),
  ) as RowOf<T>;
}

export function fromRow<T>(row: RowOf<T>, packed: PackedFields<T>): T {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]: [string, unknown]) => {
      const field = column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const kind = (packed as Readonly<Record<string, 'flag' | 'json'>>)[field];
      return [
        field,
        kind === 'flag' ? value !== 0 : kind === 'json' ? JSON.parse(String(value)) : (value ?? undefined),
      ];
    }),
  ) as T;
}
