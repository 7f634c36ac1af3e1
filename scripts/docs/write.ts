// `npm run docs` writes the generated pages. test/docs.test.ts fails if a page is older than its code.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { configurationPage } from '../../src/config/index.js';
import type { UiLanguage } from '../../src/core/index.js';
import { doctorPage } from '../../src/maintenance/doctor/index.js';
import { benchResultJsonSchema } from '../../src/measure/bench/index.js';
import { adminApiDocument } from './admin-api.js';
import { agentsDocument } from './agents.js';
import { errorsDocument } from './errors.js';
import { metricsDocument } from './metrics.js';
import { modelsDocument } from './models.js';
import { movingOverDocument } from './moving-over.js';

const inBoth = (
  name: string,
  make: (language: UiLanguage, before: string) => string,
): [path: string, make: (before: string) => string][] => [
  [`docs/${name}.md`, (before) => make('en', before)],
  [`docs/${name}.zh-CN.md`, (before) => make('zh', before)],
];

/** The function gets the page's present content, because some pages are partly written by hand. */
export const GENERATED_PAGES: ReadonlyMap<string, (before: string) => string> = new Map([
  ...inBoth('errors', errorsDocument),
  ...inBoth('metrics', metricsDocument),
  ...inBoth('configuration', configurationPage),
  ...inBoth('doctor', (language) => doctorPage(language)),
  ...inBoth('moving-over', movingOverDocument),
  ...inBoth('models', modelsDocument),
  ...inBoth('device', agentsDocument),
  // Like the OpenAPI document, this page exists only in English.
  ['docs/admin-api.md', adminApiDocument],
  ['docs/bench-result.schema.json', () => `${JSON.stringify(benchResultJsonSchema(), null, 1)}\n`],
]);

export const pageFile = (path: string): URL => new URL(`../../${path}`, import.meta.url);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [path, make] of GENERATED_PAGES) {
    const file = pageFile(path);
    writeFileSync(file, make(readFileSync(file, 'utf8')));
  }
