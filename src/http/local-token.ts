import { randomBytes } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asChorusError, ChorusError, giveNewName, isDiskFull } from '../core/index.js';

/** A program on this machine proves with this header that it may read the data folder. */
export const LOCAL_TOKEN_HEADER = 'x-chorus-local';

const FILE_NAME = 'local-token';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Undefined if no server has used the folder yet, if this user may not read the token, or if the file has none. */
export async function readLocalToken(dataDir: string): Promise<string | undefined> {
  const text = (await readFile(join(dataDir, FILE_NAME), 'utf8').catch(() => '')).trim();
  return TOKEN.test(text) ? text : undefined;
}

/**
 * Returns the secret by which commands on this machine identify themselves. Creates the secret if it is missing.
 * Without the secret, even the simulated device would need a pairing code. Errors: `data.not_writable`,
 * `data.disk_full`.
 */
export async function ensureLocalToken(dataDir: string): Promise<string> {
  const path = join(dataDir, FILE_NAME);
  const known = await readLocalToken(dataDir);
  if (known !== undefined) return known;
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.write(`${randomBytes(32).toString('base64url')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // If two servers start at once, both use the token that was written first.
    if (!(await giveNewName(temporary, path)) && (await readLocalToken(dataDir)) === undefined)
      throw new Error('the file holds no token; remove it');
  } catch (error) {
    if (isDiskFull(error)) throw asChorusError(error);
    throw new ChorusError(
      'data.not_writable',
      `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
        details: {
          file: path,
          ...((error as NodeJS.ErrnoException).code !== undefined && {
            system: String((error as NodeJS.ErrnoException).code),
          }),
        },
      },
    );
  } finally {
    await rm(temporary, { force: true });
  }
  const token = await readLocalToken(dataDir);
  if (token === undefined) throw new ChorusError('data.not_writable', `cannot read ${path} back`);
  return token;
}
