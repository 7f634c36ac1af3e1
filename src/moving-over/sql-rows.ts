import { SqlTokens, type SqlConsumer, type SqlToken } from './sql-tokens.js';

/** Null for NULL, otherwise the text as written. Undefined for an expression or a text too long to keep. */
export type SqlValue = string | null | undefined;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface RowReader {
  /** Decides whether rows of a table are read. `table` is lower case and has no database name. */
  wants(table: string): boolean;
  row(table: string, row: SqlRow): void;
}

/** Enough for InnoDB, MySQL's usual kind of table, which allows 1017 columns. */
const MAX_COLUMNS = 1024;
const MAX_TABLES = 5000;
/** Later values of a larger row are dropped. */
const ROW_MAX_BYTES = 1024 * 1024;
const NOT_A_COLUMN = new Set('primary key unique index constraint fulltext spatial foreign check'.split(' '));

type Place =
  | { readonly in: 'start' }
  | { readonly in: 'other' }
  | { readonly in: 'create_name'; readonly table: string }
  | { readonly in: 'create_columns'; readonly table: string; readonly columns: string[] }
  | { readonly in: 'insert_name'; readonly table: string }
  | { readonly in: 'insert_columns'; readonly table: string; readonly columns: string[] }
  | { readonly in: 'rows'; readonly table: string; readonly columns: readonly string[] };

/** Reads the rows of INSERT statements. The table definitions give the order of the columns. */
export class SqlRows implements SqlConsumer {
  readonly #tokens = new SqlTokens(this);
  readonly #columnsOf = new Map<string, readonly string[]>();
  #place: Place = { in: 'start' };
  #depth = 0;
  #fresh = true;
  #values: SqlValue[] = [];
  #value: { text: string | null; literal: boolean } | undefined;
  #prefix = '';
  #rowBytes = 0;
  broken = 0;

  constructor(private readonly reader: RowReader) {}

  get wanted(): boolean {
    return this.#place.in !== 'start' && this.#place.in !== 'other' && this.#rowBytes <= ROW_MAX_BYTES;
  }

  push(chunk: Buffer): void {
    this.#tokens.push(chunk);
  }

  end(): void {
    this.#tokens.end();
    if (this.#place.in === 'rows' && this.#depth > 0) this.broken++;
    this.#begin();
  }

  take(token: SqlToken): void {
    if (token.type === 'sign' && token.sign === ';') {
      if (this.#place.in === 'rows' && this.#depth > 0) this.broken++;
      this.#begin();
      return;
    }
    switch (this.#place.in) {
      case 'start':
        this.#start(token);
        return;
      case 'create_name':
      case 'insert_name':
        this.#name(token, this.#place);
        return;
      case 'create_columns':
        this.#created(token, this.#place);
        return;
      case 'insert_columns':
        this.#named(token, this.#place);
        return;
      case 'rows':
        this.#inRows(token, this.#place);
        return;
      default:
    }
  }

  #begin(): void {
    this.#place = { in: 'start' };
    this.#depth = 0;
    this.#fresh = true;
    this.#values = [];
    this.#value = undefined;
    this.#prefix = '';
    this.#rowBytes = 0;
  }

  #start(token: SqlToken): void {
    const word = token.type === 'word' ? token.text.toLowerCase() : '';
    if (word === 'insert' || word === 'replace') this.#place = { in: 'insert_name', table: '' };
    else if (word === 'create') this.#place = { in: 'create_name', table: '' };
    else this.#place = { in: 'other' };
  }

  #name(token: SqlToken, place: Extract<Place, { in: 'create_name' | 'insert_name' }>): void {
    const create = place.in === 'create_name';
    if (token.type === 'sign') {
      if (token.sign === '.') return;
      if (token.sign === '(' && place.table !== '') {
        this.#depth = 1;
        this.#fresh = true;
        if (create) this.#place = { in: 'create_columns', table: place.table, columns: [] };
        else
          this.#place = this.reader.wants(place.table)
            ? { in: 'insert_columns', table: place.table, columns: [] }
            : { in: 'other' };
        return;
      }
      this.#place = { in: 'other' };
      return;
    }
    const word = token.type === 'word' ? token.text.toLowerCase() : '';
    if (!create && place.table !== '' && (word === 'values' || word === 'value')) {
      this.#openRows(place.table, this.#columnsOf.get(place.table));
      return;
    }
    if (token.type === 'word' && (create ? CREATE_WORDS : INSERT_WORDS).has(word)) return;
    if (create && place.table === '' && token.type === 'word' && NOT_A_TABLE.has(word)) {
      this.#place = { in: 'other' };
      return;
    }
    this.#place = { in: place.in, table: token.text.toLowerCase() };
  }

  #created(token: SqlToken, place: Extract<Place, { in: 'create_columns' }>): void {
    if (token.type === 'sign') {
      if (token.sign === '(') this.#depth++;
      if (token.sign === ')' && --this.#depth === 0) {
        if (this.#columnsOf.size < MAX_TABLES || this.#columnsOf.has(place.table))
          this.#columnsOf.set(place.table, place.columns);
        this.#place = { in: 'other' };
        return;
      }
      if (this.#depth === 1) this.#fresh = token.sign === ',';
      return;
    }
    if (!this.#fresh) return;
    this.#fresh = false;
    if (token.type === 'word' && NOT_A_COLUMN.has(token.text.toLowerCase())) return;
    if (place.columns.length < MAX_COLUMNS) place.columns.push(token.text.toLowerCase());
  }

  #named(token: SqlToken, place: Extract<Place, { in: 'insert_columns' }>): void {
    if (token.type !== 'sign') {
      if (this.#depth === 1 && place.columns.length < MAX_COLUMNS) place.columns.push(token.text.toLowerCase());
      if (this.#depth === 0) {
        if (token.type === 'word' && /^values?$/i.test(token.text)) this.#openRows(place.table, place.columns);
        else this.#place = { in: 'other' };
      }
      return;
    }
    if (token.sign === ')') this.#depth--;
    else if (token.sign !== ',') this.#place = { in: 'other' };
  }

  #openRows(table: string, columns: readonly string[] | undefined): void {
    this.#depth = 0;
    this.#place = columns && this.reader.wants(table) ? { in: 'rows', table, columns } : { in: 'other' };
  }

  #inRows(token: SqlToken, place: Extract<Place, { in: 'rows' }>): void {
    if (this.#depth === 0) {
      if (token.type === 'sign' && token.sign === '(') {
        this.#depth = 1;
        this.#values = [];
        this.#value = undefined;
        this.#rowBytes = 0;
      } else if (token.type !== 'sign' || token.sign !== ',') {
        // The list of rows has ended, for example at ON DUPLICATE KEY UPDATE.
        this.#place = { in: 'other' };
      }
      return;
    }
    if (token.type === 'sign') this.#signInRow(token.sign, place);
    else if (this.#depth === 1) this.#valueToken(token);
  }

  #signInRow(sign: Extract<SqlToken, { type: 'sign' }>['sign'], place: Extract<Place, { in: 'rows' }>): void {
    if (sign === '(') {
      this.#depth++;
      this.#value = { text: null, literal: false };
    } else if (sign === ')' && this.#depth > 1) this.#depth--;
    else if (this.#depth > 1) return;
    else if (sign === ',') this.#endValue();
    else if (sign === ')') {
      this.#endValue();
      this.#depth = 0;
      this.#emit(place);
    } else this.#value = { text: null, literal: false };
  }

  #valueToken(token: Exclude<SqlToken, { type: 'sign' }>): void {
    if (token.type === 'word' && this.#value === undefined && INTRODUCERS.test(token.text)) {
      this.#prefix = token.text.toLowerCase();
      return;
    }
    this.#rowBytes += token.text.length;
    const next = this.#rowBytes > ROW_MAX_BYTES ? undefined : literal(token, this.#prefix);
    this.#prefix = '';
    if (this.#value === undefined)
      this.#value = next === undefined ? { text: null, literal: false } : { text: next, literal: true };
    // MySQL joins adjacent literals, e.g. 'one' 'two'.
    else if (token.type === 'text' && this.#value.literal && typeof this.#value.text === 'string' && !token.cut)
      this.#value = { text: this.#value.text + token.text, literal: true };
    else this.#value = { text: null, literal: false };
  }

  #endValue(): void {
    if (this.#values.length <= MAX_COLUMNS)
      this.#values.push(this.#value?.literal === true ? this.#value.text : undefined);
    this.#value = undefined;
    this.#prefix = '';
  }

  #emit({ table, columns }: Extract<Place, { in: 'rows' }>): void {
    if (this.#values.length !== columns.length) {
      this.broken++;
      return;
    }
    const row = Object.create(null) as Record<string, SqlValue>;
    for (const [i, column] of columns.entries()) row[column] = this.#values[i];
    this.reader.row(table, row);
  }
}

const INSERT_WORDS = new Set(['into', 'ignore', 'low_priority', 'delayed', 'high_priority']);
const CREATE_WORDS = new Set(['table', 'if', 'not', 'exists', 'temporary', 'or', 'replace']);
const NOT_A_TABLE = new Set([
  ...'database schema view trigger procedure function event user'.split(' '),
  ...'index unique definer algorithm sql role server tablespace'.split(' '),
]);
/** Prefixes of a quoted literal, e.g. `_binary 'x'`, `_utf8mb4'x'`, `x'41'`, `b'1'`, `N'x'`. */
const INTRODUCERS = /^(_[a-z0-9_]+|x|b|n)$/i;
const NUMBER = /^-?\d+(\.\d*)?(e-?\d+)?$/i;

function literal(token: Exclude<SqlToken, { type: 'sign' }>, prefix: string): string | null | undefined {
  if (token.type === 'name') return undefined;
  if (token.type === 'text') {
    if (token.cut) return undefined;
    if (prefix === 'x') return fromHex(token.text);
    return prefix === 'b' ? String(Number.parseInt(token.text === '' ? '0' : token.text, 2)) : token.text;
  }
  const word = token.text;
  if (/^null$/i.test(word)) return null;
  if (/^true$/i.test(word)) return '1';
  if (/^false$/i.test(word)) return '0';
  if (/^0x[0-9a-f]*$/i.test(word)) return fromHex(word.slice(2));
  return NUMBER.test(word) ? word : undefined;
}

function fromHex(digits: string): string | undefined {
  return digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits)
    ? Buffer.from(digits, 'hex').toString('utf8')
    : undefined;
}
