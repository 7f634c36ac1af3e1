import { writeFileSync } from 'node:fs';
import { benchResultJsonSchema } from '../src/measure/bench/index.js';

/** docs/bench-result.schema.json, from the schema in src/measure/bench/result.ts. */
export function benchSchemaDocument(): string {
  return `${JSON.stringify(benchResultJsonSchema(), null, 1)}\n`;
}

export const BENCH_SCHEMA_DOCUMENT = new URL('../docs/bench-result.schema.json', import.meta.url);

if (process.argv[1]?.endsWith('bench-schema.ts') === true) writeFileSync(BENCH_SCHEMA_DOCUMENT, benchSchemaDocument());
