import type { DefineCommand } from '../command.js';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isCancel, password as askPassword } from '@clack/prompts';
import { databasePlace } from '../../config/index.js';
import type { Config } from '../../config/index.js';
import { ChorusError, translatedError } from '../../core/index.js';
import { keepPassword, newPassword, PASSWORD_LEAST_CHARS } from '../../http/index.js';
import { claimDataFolder, ensureDataFolder, openStore } from '../../platform/store/index.js';
import { findAdminClient } from '../server/admin-client.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { Exit } from '../failure.js';
import { loadForCommand } from '../configuration/load.js';
import { adminWords } from '../words/admin.js';

export const define: DefineCommand = (group, { context, below, withConfig, run }) => {
  const { help } = adminWords[context.language];
  withConfig(below(group, 'password', help.password))
    .option('--reset', help.reset)
    .option('--json', context.words.help.json)
    .action(run(setAdminPassword));
};

interface PasswordFlags extends JsonFlags {
  readonly reset?: boolean;
}

/** Without a running server, the command changes the database itself. */
async function setAdminPassword(flags: PasswordFlags, context: CliContext): Promise<ExitCode> {
  const words = adminWords[context.language];
  const { config } = await loadForCommand(flags, context);
  if (config.admin.password !== undefined)
    throw new ChorusError(
      'admin.password_refused',
      'the password comes from admin.password or CHORUS_ADMIN_PASSWORD, and is changed there',
      { details: { because: 'fixed' } },
    );
  const next = flags.reset === true ? newPassword() : await read(context);
  if (next.length < PASSWORD_LEAST_CHARS)
    throw new ChorusError('admin.password_refused', `the password is shorter than ${PASSWORD_LEAST_CHARS} characters`, {
      details: { because: 'short' },
    });
  const api = await findAdminClient(flags.data, context);
  if (api) await api.call('POST', '/password', { next });
  else await keepInStore(next, resolve(flags.data), config);
  if (flags.json) context.out(`${JSON.stringify({ changed: true, ...(flags.reset && { password: next }) })}\n`);
  else context.out(`${flags.reset ? `${words.made(next)}\n` : ''}${words.changed}\n`);
  return EXIT.ok;
}

/** Claims the data folder meanwhile, so that no server can start before the password is stored. */
async function keepInStore(next: string, dataDir: string, config: Config): Promise<void> {
  await ensureDataFolder(dataDir);
  const claim = await claimDataFolder(dataDir);
  try {
    const store = await openStore(databasePlace(config, dataDir));
    try {
      await keepPassword(store, next);
    } finally {
      await store.close();
    }
  } finally {
    await claim.release();
  }
}

async function read(context: CliContext): Promise<string> {
  const words = adminWords[context.language];
  if (!process.stdin.isTTY || !context.terminal) {
    const line = await firstLine(context.interrupted);
    if (line === '') throw translatedError('admin.password_refused', words.noInput);
    return line;
  }
  const validate = (value: string | undefined): string | undefined =>
    (value ?? '').length < PASSWORD_LEAST_CHARS ? words.short(PASSWORD_LEAST_CHARS) : undefined;
  const first = await askPassword({ message: words.ask, validate });
  const again = isCancel(first) ? first : await askPassword({ message: words.again });
  if (isCancel(first) || isCancel(again)) throw new Exit(EXIT.interrupted);
  if (first !== again) throw translatedError('admin.password_refused', words.different);
  return first;
}

/** Returns an empty text if there was no line. */
async function firstLine(signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, signal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
