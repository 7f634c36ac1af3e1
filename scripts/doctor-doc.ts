import { writeFileSync } from 'node:fs';
import { doctorPage } from '../src/maintenance/doctor/index.js';

for (const [language, name] of [
  ['en', 'doctor.md'],
  ['zh', 'doctor.zh-CN.md'],
] as const) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), doctorPage(language));
  console.log(`docs/${name}`);
}
