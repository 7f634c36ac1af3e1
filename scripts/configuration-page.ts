// Writes docs/configuration.md from the configuration schema. A test fails while the page is older than the schema.
import { writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/index.js';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage());
