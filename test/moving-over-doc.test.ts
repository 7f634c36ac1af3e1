import { expect, it } from 'vitest';
import { FIELDS } from '../src/config/index.js';
import { GENERAL_ROWS, GUIDE_ROWS, providerRows } from '../src/moving-over/mapping/index.js';

/** Keys of the old server whose values go into the database or into a file of their own, not into the configuration. */
const RECORDS = new Set(['people', 'agents', '.mcp_server_settings.json']);

it('every target key exists, and the page has each old key and type once', () => {
  const rows = [...GENERAL_ROWS, ...GUIDE_ROWS, ...providerRows()];
  for (const { to } of rows)
    for (const key of to?.split(', ') ?? []) expect(FIELDS.has(key) || RECORDS.has(key), key).toBe(true);
  const keys = GENERAL_ROWS.map(({ from }) => from);
  expect(new Set(keys).size).toBe(keys.length);
  const types = providerRows().flatMap(({ module, types: names }) => names.map((name) => `${module} ${name}`));
  expect(new Set(types).size).toBe(types.length);
});
