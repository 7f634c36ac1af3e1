import { z } from 'zod';
import type { Bilingual } from '../core/index.js';

export interface Field<S extends z.ZodType = z.ZodType> {
  /** Must be optional or have a default, unless the first version of the records already had the field. */
  readonly schema: S;
  readonly words: Bilingual;
  /** Name of the field's own column, which a migration has made. Undefined for a field in the JSON of column `more`. */
  readonly column?: string;
}

export type Fields = Readonly<Record<string, Field>>;

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends z.output<F[K]['schema']> ? K : never;
}[keyof F];

export function listFields<Name extends string, F extends Field>(
  fields: Readonly<Record<Name, F>>,
): readonly (readonly [Name, F])[] {
  return Object.entries(fields) as unknown as readonly (readonly [Name, F])[];
}

export type RecordOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: z.output<F[K]['schema']>;
} & { readonly [K in OptionalKeys<F>]?: z.output<F[K]['schema']> };

/** The English words become the descriptions of the schemas. */
export function shapeOf<F extends Fields>(fields: F): { [K in keyof F]: F[K]['schema'] } {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { schema, words }]) => [name, schema.meta({ description: words.en })]),
  ) as { [K in keyof F]: F[K]['schema'] };
}

/** The type of a field's value, for a table cell or a command line. */
export type FieldKind = 'text' | 'number' | 'flag' | 'list' | 'other';

export function kindOf({ schema }: Field): FieldKind {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap() as z.ZodType;
  if (inner instanceof z.ZodString || inner instanceof z.ZodEnum) return 'text';
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodBoolean) return 'flag';
  return inner instanceof z.ZodArray ? 'list' : 'other';
}

export type Cell = string | number | null;

/** Fields without a column of their own go to `more`. Numbers in columns are whole. */
export function toRow<F extends Fields>(fields: F, record: RecordOf<F>): Record<string, Cell> {
  const row: Record<string, Cell> = {};
  const more: Record<string, unknown> = {};
  for (const [name, { column }] of Object.entries(fields)) {
    const value: unknown = record[name as keyof typeof record];
    if (column !== undefined) row[column] = cellOf(value);
    else if (value !== undefined) more[name] = value;
  }
  return { ...row, more: Object.keys(more).length === 0 ? null : JSON.stringify(more) };
}

function cellOf(value: unknown): Cell {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.round(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A value in `more` that does not fit its field counts as absent, because another version wrote it. */
export function fromRow<F extends Fields>(fields: F, row: Readonly<Record<string, unknown>>): RecordOf<F> {
  const more = typeof row['more'] === 'string' ? (JSON.parse(row['more']) as Record<string, unknown>) : {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.column === undefined ? fitting(field, more[name]) : ofCell(field, row[field.column]),
    ]),
  ) as RecordOf<F>;
}

export function absentValue({ schema }: Field): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

function fitting(field: Field, value: unknown): unknown {
  const parsed = field.schema.safeParse(value);
  return parsed.success ? parsed.data : absentValue(field);
}

function ofCell(field: Field, cell: unknown): unknown {
  if (cell === null || cell === undefined) return absentValue(field);
  const kind = kindOf(field);
  if (kind === 'flag') return cell !== 0;
  return kind === 'text' || kind === 'number' ? cell : (JSON.parse(cell as string) as unknown);
}
