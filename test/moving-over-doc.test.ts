import { expect, it } from 'vitest';
import { FIELDS } from '../src/config/index.js';
import { GENERAL_ROWS, GUIDE_ROWS, providerRows } from '../src/moving-over/mapping/index.js';

/** Goes into the database or a file of its own instead of the configuration. */
const RECORDS = new Set(['people', 'agents', '.mcp_server_settings.json']);

it('every key that something becomes exists, and each old key and type stands there once', () => {
  const rows = [...GENERAL_ROWS, ...GUIDE_ROWS, ...providerRows()];
  for (const { to } of rows)
    for (const key of to?.split(', ') ?? []) expect(FIELDS.has(key) || RECORDS.has(key), key).toBe(true);
  const keys = GENERAL_ROWS.map(({ from }) => from);
  expect(new Set(keys).size).toBe(keys.length);
  const types = providerRows().flatMap(({ module, types: names }) => names.map((name) => `${module} ${name}`));
  expect(new Set(types).size).toBe(types.length);
});
