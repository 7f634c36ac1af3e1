import { expect, it } from 'vitest';
import { processName } from './process-name.js';

const line = (...parts: string[]): string => `${parts.join('\0')}\0`;

it.each([
  ['main', line('/usr/bin/node', '/opt/chorus/dist/cli/chorus.js', 'serve', '--port', '8000')],
  [
    'main',
    line('node', '--require', '/x/preflight.cjs', '--import', 'file:///x/loader.mjs', 'src/cli/chorus.ts', 'serve'),
  ],
  ['bench', line('node', 'dist/cli/chorus.js', 'bench')],
  ['asr', line('/usr/bin/node', '/opt/chorus/dist/engines/sherpa/sherpa-child.js', 'asr')],
  ['listening', line('node', '--import', 'tsx', '/x/src/speech/listening/listening-child.ts', 'listening')],
  ['speaking', line('node', '/x/speaking-child.js')],
  ['esbuild', line('/x/node_modules/esbuild/bin/esbuild', '--service')],
  ['npm', 'npm exec tsx src/cli/chorus.ts serve\0\0\0'],
  ['node', line('node', '-e', 'some.code()')],
  ['unknown', ''],
])('%s', (name, commandLine) => {
  expect(processName(commandLine)).toBe(name);
});
