// Writes docs/configuration.md and docs/configuration.zh-CN.md from the configuration schema. A test fails while they are older than the schema.
import { writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/index.js';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage('en'));
writeFileSync(new URL('../docs/configuration.zh-CN.md', import.meta.url), configurationPage('zh'));
