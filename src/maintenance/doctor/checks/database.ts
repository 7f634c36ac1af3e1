import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asChorusError, ChorusError, type Clock, withTimeout } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { databaseWords } from '../words/database.js';
import { serviceWords } from '../words/services.js';

export interface DatabaseTrial {
  readonly file: string;
  /**
   * `absent` means that there is no database yet. `unknown` means that it was not examined, e.g. because it was busy.
   */
  readonly state: 'absent' | 'whole' | 'damaged' | 'unknown' | 'unreachable' | 'refused';
  readonly detail: string;
}

const LOOK_MS = 20_000;

const KNOWN = issues('database', databaseWords.issues, { damaged: 'fault', unreachable: 'fault', refused: 'fault' });

export function judgeDatabase({ file, state, detail }: DatabaseTrial): readonly Finding[] {
  const findings =
    state === 'damaged' || state === 'unreachable' || state === 'refused'
      ? [found(KNOWN[state], databaseWords.damaged(file, detail))]
      : [];
  return orOk(findings, 'database', state === 'whole' ? file : databaseWords.notLookedAt(file, state, detail));
}

/** Runs in a child process, because a damaged file may crash the program that reads it. */
const SCRIPT = `
const { createRequire } = require('node:module');
const Database = createRequire(process.argv[1] + '/x.js')('libsql');
try {
  const database = new Database(process.argv[2], { readonly: true, timeout: 2000 });
  const rows = database.prepare('pragma quick_check(3)').all();
  process.stdout.write(rows.map((row) => Object.values(row)[0]).join('; '));
} catch (error) {
  process.stdout.write('error ' + (error.code || '') + ' ' + error.message);
}`;

export async function tryDatabase(file: string, clock: Clock, signal: AbortSignal): Promise<DatabaseTrial> {
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) return { file, state: 'absent', detail: '' };
  const child = spawn(process.execPath, ['-e', SCRIPT, fileURLToPath(new URL('.', import.meta.url)), file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(0, 1000)));
  const ended = new Promise<string>((done) => {
    child.once('error', () => done('error'));
    child.once('close', () => done(text));
  });
  const answer = await withTimeout(
    clock,
    LOOK_MS,
    signal,
    () => new Error('slow'),
    () => ended,
  ).catch(() => {
    child.kill('SIGKILL');
    return 'error slow';
  });
  signal.throwIfAborted();
  if (answer === 'ok') return { file, state: 'whole', detail: '' };
  const damaged = /SQLITE_(CORRUPT|NOTADB)|malformed|not a database/i.test(answer) || !answer.startsWith('error');
  return {
    file,
    state: damaged && answer !== '' ? 'damaged' : 'unknown',
    detail: answer.replace(/^error\s*/, '').trim(),
  };
}

const tooLate = (): Error => new ChorusError('store.unreachable', serviceWords.noAnswer(LOOK_MS / 1000));

async function tryServer(dataDir: string, url: string, clock: Clock, signal: AbortSignal): Promise<DatabaseTrial> {
  // A top-level import would stop all checks if the native code of the store cannot be loaded.
  const { checkStore, shownPlace } = await import('../../../platform/store/index.js');
  try {
    const { place, problems } = await withTimeout(clock, LOOK_MS, signal, tooLate, () => checkStore({ dataDir, url }));
    return { file: place, state: problems.length > 0 ? 'damaged' : 'whole', detail: problems.join('; ') };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = asChorusError(error);
    const file = code === 'store.refused' && !URL.canParse(url) ? 'store.url' : shownPlace({ dataDir, url });
    return {
      file,
      state: code === 'store.refused' ? 'refused' : code === 'store.unreachable' ? 'unreachable' : 'unknown',
      detail: message,
    };
  }
}

export const databaseCheck: Check = {
  id: 'database',
  about: databaseWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ dataDir, config, clock, signal }) => {
    const { file, url } = config.store;
    return judgeDatabase(
      url === undefined
        ? await tryDatabase(resolve(dataDir, file), clock, signal)
        : await tryServer(dataDir, url, clock, signal),
    );
  },
};
