import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepBackup, readConfigFile, type Backup, type BackupPlace } from './backups.js';
import type { ReloadAnswer, ReloadRefusal } from './reload-answer.js';
import { accessOf, replaceFile, writeError, type FileAccess } from './replace-file.js';

export interface AppliedServer<Reason> {
  /** Tests new values if `trial` is true, and refuses those that fail. Rejects if the server does not answer. */
  reload(trial: boolean): Promise<ReloadAnswer>;
  /** Resolves with undefined if conversations work, otherwise with the reason. Rejects if no test is possible. */
  prove(): Promise<Reason | undefined>;
}

export interface ApplyOptions<Reason> {
  /** The new content, which the caller has checked. */
  readonly text: string;
  readonly file: string;
  readonly backups: BackupPlace;
  /** Undefined if no server runs. The file then takes effect at the next start. */
  readonly server: AppliedServer<Reason> | undefined;
  /** If false, the server reads the new file, but nothing is tested. */
  readonly verify: boolean;
  /** Set by a rollback: the new file stays even if the test fails. It does not stay if the server refuses it. */
  readonly stay?: boolean;
}

export type ApplyFailure<Reason> =
  | { readonly kind: 'refused'; readonly refusal: ReloadRefusal }
  | { readonly kind: 'unproven'; readonly reason: Reason }
  | { readonly kind: 'lost'; readonly error: unknown };

export type ApplyOutcome<Reason> =
  | {
      readonly type: 'applied';
      readonly backup: Backup | undefined;
      /** Undefined if no server runs. */
      readonly answer: Extract<ReloadAnswer, { readonly ok: true }> | undefined;
      /** Set only with `stay`. The configuration is used although the test of conversations failed. */
      readonly failure?: ApplyFailure<Reason>;
    }
  | {
      readonly type: 'gone_back';
      readonly failure: ApplyFailure<Reason>;
      readonly backup: Backup | undefined;
      /**
       * Set if the server did not return to the old configuration, although the file was restored. Contains the reason.
       */
      readonly stuck?: ApplyFailure<Reason>;
    };

/**
 * Replaces the configuration and tests conversations with it. The old file is restored if the server refuses the new
 * one. Without `stay`, it is also restored if the test fails or is interrupted. Errors: `data.*`, `config.unreadable`.
 */
export async function applyConfig<Reason>({
  text,
  file,
  backups,
  server,
  verify,
  stay = false,
}: ApplyOptions<Reason>): Promise<ApplyOutcome<Reason>> {
  const before = await readConfigFile(file);
  const access = await accessOf(file);
  const backup = await keepBackup(file, backups, { evenNone: true });
  await put(file, text);
  if (!server) return { type: 'applied', backup, answer: undefined };

  const goBack = async (failure: ApplyFailure<Reason>, taken: boolean): Promise<ApplyOutcome<Reason>> => {
    // A server that already uses the new file would refuse a missing file, so it gets a file without settings.
    if (before === undefined && !taken) await rm(file, { force: true });
    else await put(file, before ?? '', access);
    const kept = before === undefined ? undefined : backup;
    // The server refused the new file and kept its old configuration.
    if (!taken) return { type: 'gone_back', failure, backup: kept };
    const stuck = await returned(server);
    return { type: 'gone_back', failure, backup: kept, ...(stuck && { stuck }) };
  };

  let answer: ReloadAnswer;
  try {
    answer = await server.reload(verify && !stay);
  } catch (error) {
    return goBack({ kind: 'lost', error }, true);
  }
  if (!answer.ok) return goBack({ kind: 'refused', refusal: answer }, false);
  if (!verify) return { type: 'applied', backup, answer };
  const failure = await proven(server);
  if (failure === undefined) return { type: 'applied', backup, answer };
  return stay ? { type: 'applied', backup, answer, failure } : goBack(failure, true);
}

async function proven<Reason>(server: AppliedServer<Reason>): Promise<ApplyFailure<Reason> | undefined> {
  try {
    const reason = await server.prove();
    return reason === undefined ? undefined : { kind: 'unproven', reason };
  } catch (error) {
    return { kind: 'lost', error };
  }
}

async function returned<Reason>(server: AppliedServer<Reason>): Promise<ApplyFailure<Reason> | undefined> {
  try {
    const answer = await server.reload(false);
    return answer.ok ? undefined : { kind: 'refused', refusal: answer };
  } catch (error) {
    return { kind: 'lost', error };
  }
}

/** Written in place of an empty text, because a running server reports a file that became empty as a mistake. */
const DEFAULTS = '# Nothing is set here: the defaults are in force.\n';

async function put(file: string, given: string, access?: FileAccess): Promise<void> {
  const text = given.trim() === '' ? DEFAULTS : given;
  try {
    await mkdir(dirname(file), { recursive: true });
    await replaceFile(file, text, access);
  } catch (error) {
    throw writeError(file, error);
  }
}
