// Applies two configurations alternately and prints a dot at each start, until config-apply-killed.test.ts kills it.
import { join } from 'node:path';
import { applyConfig } from '../../src/config/apply.js';

const folder = process.argv[2] ?? '';
// The text is long, so that writing it takes several steps.
const text = (n: number): string => `# ${'x'.repeat(200_000)}\nmax_concurrent_sessions: ${(n % 2) + 1}\n`;
for (let n = 0; ; n++) {
  process.stdout.write('.');
  await applyConfig({
    text: text(n),
    file: join(folder, 'config.yaml'),
    backups: { folder: join(folder, 'backups'), keep: 3, wallMs: Date.UTC(2026, 0, 1) + n * 1000 },
    server: undefined,
    verify: false,
  });
}
