import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLI } from '../compiled.js';
import { keepPhrases, newDataFolder } from '../e2e/prepared-phrases.js';
import { ROOT } from './pages.js';

/** The folder of somebody who follows the documents. A server runs there, with its own data folder. */
export interface Workplace {
  run(argv: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  close(): Promise<void>;
}

export async function openWorkplace(): Promise<Workplace> {
  const folder = await newDataFolder('chorus-docs-');
  const { PATH = '', HOME = folder } = process.env;
  // Runs a command in the repository's root, as the documents say. It uses this folder in place of ./data.
  const start = (argv: readonly string[]) =>
    spawn(process.execPath, [CLI, ...argv], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME, LANG: 'en_US.UTF-8', CHORUS_DATA: folder },
    });

  // The settings are in the file, so that commands use them as well and send no request beyond this machine.
  await writeFile(
    join(folder, 'config.yaml'),
    'tts:\n  provider: flite\nmodels:\n  auto_pull: false\nload:\n  self_test: false\n',
    { mode: 0o600 },
  );
  // A file that the documents tell people to write by hand.
  const candidate = join(folder, 'new.yaml');
  await writeFile(candidate, 'session:\n  greeting: false\n');
  const server = start(['serve', '--host', '127.0.0.1', '--port', '0']);
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('Ready after')) resolve();
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    server.once('close', (code) => reject(new Error(`the server ended with ${code ?? '?'}:\n${said}`)));
  });

  return {
    run: (argv) =>
      new Promise((resolve) => {
        const child = start(argv.map((word) => (word === 'new.yaml' ? candidate : word)));
        let out = '';
        let err = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
        child.once('close', (code) => resolve({ code, out, err }));
      }),
    close: async () => {
      server.kill('SIGTERM');
      await ended;
      await keepPhrases(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
