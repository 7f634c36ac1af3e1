import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { secretsInFile } from '../../config/index.js';

export interface SecretFile {
  readonly path: string;
  /** Permission bits, e.g. 0o644, without the bits of users who cannot enter the folder. */
  readonly mode: number;
  readonly holds: 'key' | 'token' | 'database' | 'backup';
}

/** Names in the data folder that are secret with every configuration. */
const FIXED: Readonly<Record<string, SecretFile['holds']>> = {
  'local-token': 'token',
  'admin.json': 'token',
  'admin-password': 'token',
  'mcp_servers.json': 'key',
  '.mcp_server_settings.json': 'key',
};

export async function secretFiles(
  dataDir: string,
  configFile: string,
  configText: string | undefined,
  databaseFile: string,
): Promise<readonly SecretFile[]> {
  const wanted = new Map<string, SecretFile['holds']>();
  for (const [name, holds] of Object.entries(FIXED)) wanted.set(join(dataDir, name), holds);
  // The database contains the key that signs the tokens of all devices.
  for (const suffix of ['', '-wal']) wanted.set(`${resolve(dataDir, databaseFile)}${suffix}`, 'database');
  const secrets = configText === undefined ? [] : secretsInFile(configText);
  if (secrets.some(({ reference }) => reference === undefined)) wanted.set(configFile, 'key');
  for (const { reference } of secrets)
    if (reference?.startsWith('file:') === true) wanted.set(resolve(dirname(configFile), reference.slice(5)), 'key');
  for (const name of await readdir(join(dataDir, 'backups')).catch(() => []))
    wanted.set(join(dataDir, 'backups', name), 'backup');
  const files: SecretFile[] = [];
  for (const [path, holds] of wanted) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) files.push({ path, holds, mode: found.mode & (await whoReaches(dirname(path))) });
  }
  return files;
}

/** Users who cannot enter the folder cannot read its files, so their bits are masked. */
async function whoReaches(folder: string): Promise<number> {
  const mode = (await stat(folder).catch(() => undefined))?.mode ?? 0;
  return 0o700 | ((mode & 0o010) === 0 ? 0 : 0o070) | ((mode & 0o001) === 0 ? 0 : 0o007);
}
