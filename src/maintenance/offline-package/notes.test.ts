import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startScript } from './notes.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-start-'));
  await writeFile(join(folder, 'start.sh'), startScript({ version: '1', platform: 'any', folder: 'x', models: [] }));
  // This script acts as Node: it passes every check and prints the command that it is asked to run.
  await writeFile(
    join(folder, 'node'),
    '#!/bin/sh\ncase $1 in -e) exit 0;; -p) echo any;; *) shift; echo "$@";; esac\n',
  );
  for (const name of ['start.sh', 'node']) await chmod(join(folder, name), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  [[], 'serve'],
  [['--port', '8250'], 'serve --port 8250'],
  [['devices', 'list'], 'devices list'],
  [['--help'], '--help'],
])('start.sh %j runs chorus %s', (args, command) => {
  const env = { PATH: process.env['PATH'] ?? '', NODE: join(folder, 'node') };
  expect(execFileSync(join(folder, 'start.sh'), args, { env, encoding: 'utf8' }).trim()).toBe(command);
});
