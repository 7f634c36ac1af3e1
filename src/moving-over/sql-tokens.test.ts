import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlRows, type SqlRow } from './sql-rows.js';
import { SqlTokens, VALUE_MAX_BYTES, type SqlToken } from './sql-tokens.js';

function rowsOf(
  sql: string | Buffer,
  wants: (table: string) => boolean = () => true,
  chunkBytes = Number.MAX_SAFE_INTEGER,
): { readonly rows: readonly (readonly [string, SqlRow])[]; readonly broken: number } {
  const rows: [string, SqlRow][] = [];
  const reader = new SqlRows({ wants, row: (table, row) => rows.push([table, { ...row }]) });
  const bytes = Buffer.from(sql);
  for (let from = 0; from < bytes.length; from += chunkBytes) reader.push(bytes.subarray(from, from + chunkBytes));
  reader.end();
  return { rows, broken: reader.broken };
}

const TABLE = "CREATE TABLE `t` (`a` int, `b` text COMMENT 'x, (y);', PRIMARY KEY (`a`), KEY `k` (`b`(10)));\n";

describe('the reader of rows', () => {
  it.each([
    [
      'an insert without column names',
      `${TABLE}INSERT INTO \`t\` VALUES (1,'x'),(2,NULL);`,
      [
        { a: '1', b: 'x' },
        { a: '2', b: null },
      ],
    ],
    [
      'an insert with column names in another order',
      "insert ignore into db.`t` (b, `a`) values ('x', -1.5e3)",
      [{ b: 'x', a: '-1.5e3' }],
    ],
    ['replace, value, lower case', "replace into t (a,b) value (1,'x')", [{ a: '1', b: 'x' }]],
    [
      'escapes',
      String.raw`INSERT INTO t (a) VALUES ('it''s \'quoted\' \\ \n \t \0 \Z \% \_ \q "')`,
      [{ a: "it's 'quoted' \\ \n \t \0 \u001A \\% \\_ q \"" }],
    ],
    ['double quotes', 'INSERT INTO t (a) VALUES ("say ""hi"" \\" \'")', [{ a: 'say "hi" " \'' }]],
    [
      'hexadecimal, bits and introducers',
      "INSERT INTO t (a,b,c,d,e) VALUES (0x4869, x'4869', _binary 'Hi', b'101', _utf8mb4'é')",
      [{ a: 'Hi', b: 'Hi', c: 'Hi', d: '5', e: 'é' }],
    ],
    ['truth', 'INSERT INTO t (a,b) VALUES (TRUE,false)', [{ a: '1', b: '0' }]],
    [
      'expressions that only a database can evaluate',
      "INSERT INTO t (a,b,c) VALUES (NOW(), CONCAT('a', ('b')), 1+1)",
      [{ a: undefined, b: undefined, c: undefined }],
    ],
    ['texts in pieces', "INSERT INTO t (a) VALUES ('one' ' two')", [{ a: 'one two' }]],
    [
      'comments everywhere',
      '-- INSERT INTO t (a) VALUES (9)\n# and (8)\n' +
        '/* INSERT INTO t (a) VALUES (7); */ INSERT /*!50000 INTO */ INTO t -- here\n' +
        " (a) /* ' */ VALUES (1 /**/), (2);--\n",
      [{ a: '1' }, { a: '2' }],
    ],
    [
      'statements within texts',
      "INSERT INTO t (a) VALUES ('); INSERT INTO t (a) VALUES (2'),(3);",
      [{ a: '); INSERT INTO t (a) VALUES (2' }, { a: '3' }],
    ],
    [
      'on duplicate key',
      'INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a=VALUES(a), b=(2);INSERT INTO t (a) VALUES (3)',
      [{ a: '1' }, { a: '3' }],
    ],
    ['a select', 'INSERT INTO t (a) SELECT 1 FROM u; INSERT INTO t (a) VALUES (2)', [{ a: '2' }]],
    ['names that need quotes', 'INSERT INTO `t` (`a``b`,`c d`) VALUES (1,2)', [{ 'a`b': '1', 'c d': '2' }]],
  ])('%s', (_what, sql, expected) => {
    for (const chunkBytes of [1, 2, 7, 1_000_000])
      expect(rowsOf(sql, undefined, chunkBytes).rows.map(([, row]) => row)).toEqual(expected);
  });

  it('reads only requested tables, and counts invalid rows', () => {
    const sql =
      `${TABLE}INSERT INTO other (a) VALUES (1);INSERT INTO t VALUES (1);INSERT INTO t VALUES ` +
      "(1,'x','too much'),(2,'y');INSERT INTO t VALUES (3,'z'";
    expect(rowsOf(sql, (table) => table === 't')).toEqual({ rows: [['t', { a: '2', b: 'y' }]], broken: 3 });
  });

  it('reads no rows without column names or a table definition', () => {
    expect(rowsOf("INSERT INTO t VALUES (1,'x')").rows).toEqual([]);
  });

  it('gives undefined for a value that is too long', () => {
    const { rows } = rowsOf(
      `INSERT INTO t (a,b) VALUES ('${'x'.repeat(VALUE_MAX_BYTES + 1)}', 'y'), ('${'x'.repeat(VALUE_MAX_BYTES)}', 'y')`,
    );
    expect(rows[0]?.[1]).toEqual({ a: undefined, b: 'y' });
    expect(rows[1]?.[1]['a']?.length).toBe(VALUE_MAX_BYTES);
  });

  it('bounds the size of a row', () => {
    const value = `'${'x'.repeat(VALUE_MAX_BYTES)}'`;
    const { rows } = rowsOf(
      `INSERT INTO t (${Array.from({ length: 40 }, (_, i) => `c${i}`).join(',')}) VALUES ` +
        `(${Array.from({ length: 40 }, () => value).join(',')})`,
    );
    const kept = Object.values(rows[0]?.[1] ?? {}).reduce((sum, text) => sum + (text?.length ?? 0), 0);
    expect(kept).toBeLessThanOrEqual(1024 * 1024);
  });
});

function quoted(text: string): string {
  return `'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", String.raw`\'`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\0', String.raw`\0`)
    .replaceAll('\u001A', String.raw`\Z`)}'`;
}

describe('any content', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom("'", '"', '\\', '`', ';', '(', ')', ',', '-', '#', '/', '*', '\n', '\0', '\u001A', '你', '😀'),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
    maxLength: 30,
  });

  it('is read as it was written, for any division into chunks', () => {
    const written = (value: string | null): string => (value === null ? 'NULL' : quoted(value));
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.option(text), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (table, chunkBytes) => {
          const sql =
            'CREATE TABLE `t` (\n  `a` text,\n  `b` text,\n  `c` text\n);\n' +
            `INSERT INTO \`t\` VALUES ${table.map((row) => `(${row.map(written).join(',')})`).join(',')};\n`;
          const { rows, broken } = rowsOf(sql, undefined, chunkBytes);
          expect(broken).toBe(0);
          expect(rows.map(([, row]) => [row['a'], row['b'], row['c']])).toEqual(table);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never causes an exception, and gives the same result in one chunk and in many', () => {
    const fragments = fc.oneof(
      fc.constantFrom(
        'INSERT INTO t (a) VALUES ',
        '(1',
        "'x",
        "'",
        '"',
        '`',
        ')',
        ',',
        ';',
        '/*',
        '*/',
        '--',
        '\n',
        '#',
        '\\',
        'CREATE TABLE t (',
        'NULL',
        '0x4',
        'x',
        '_b',
        '-',
        '/',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (parts, chunkBytes) => {
        const sql = parts.join('');
        expect(rowsOf(sql, undefined, chunkBytes)).toEqual(rowsOf(sql));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const tokens: SqlToken[] = [];
        const reader = new SqlTokens({ wanted: true, take: (token) => tokens.push(token) });
        reader.push(Buffer.from(bytes));
        reader.end();
        expect(tokens.length).toBeLessThanOrEqual(bytes.length + 1);
      }),
      { numRuns: 300 },
    );
  });
});
