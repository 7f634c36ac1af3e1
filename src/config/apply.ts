import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepBackup, readConfigFile, type Backup, type BackupPlace } from './backups.js';
import type { ReloadAnswer, ReloadRefusal } from './reload-answer.js';
import { accessOf, replaceFile, writeError, type FileAccess } from './replace-file.js';

/** The functions of the running server that applying a configuration needs. */
export interface AppliedServer<Reason> {
  /**
   * Makes the server read the file again. With `trial`, new values are tried first, and refused if they fail. Rejects
   * if the server does not answer.
   */
  reload(trial: boolean): Promise<ReloadAnswer>;
  /**
   * Tests whether conversations work. Resolves with the reason if they do not, or with undefined if they do. Rejects if
   * that cannot be determined.
   */
  prove(): Promise<Reason | undefined>;
}

export interface ApplyOptions<Reason> {
  /** The new content, which the caller has checked. */
  readonly text: string;
  readonly file: string;
  readonly backups: BackupPlace;
  /** Undefined: no server runs, so the file takes effect at the next start. */
  readonly server: AppliedServer<Reason> | undefined;
  /** False: the server reads the new file, but nothing is tested. */
  readonly verify: boolean;
  /**
   * True: keeps the new file even if the test fails. A rollback uses this, because the file that it replaces is worse.
   * A file that the server refuses is undone in any case.
   */
  readonly stay?: boolean;
}

/** Why a configuration does not take effect. */
export type ApplyFailure<Reason> =
  | { readonly kind: 'refused'; readonly refusal: ReloadRefusal }
  | { readonly kind: 'unproven'; readonly reason: Reason }
  /** The server does not answer, or no longer answers. */
  | { readonly kind: 'lost'; readonly error: unknown };

export type ApplyOutcome<Reason> =
  | {
      readonly type: 'applied';
      readonly backup: Backup | undefined;
      /** Undefined: no server runs. */
      readonly answer: Extract<ReloadAnswer, { readonly ok: true }> | undefined;
      /** Only if `stay` was set: the configuration is used although it does not work. */
      readonly failure?: ApplyFailure<Reason>;
    }
  | {
      readonly type: 'gone_back';
      readonly failure: ApplyFailure<Reason>;
      readonly backup: Backup | undefined;
      /**
       * Why the server did not take the old configuration back. The file itself was restored. Undefined: the server has
       * the old configuration.
       */
      readonly stuck?: ApplyFailure<Reason>;
    };

/**
 * Makes a configuration take effect: backs up the old file, replaces it, makes the running server read the new file,
 * and tests whether conversations work. If the test fails or is interrupted, the old file is restored and the server
 * reads it again. Errors: `data.*`, `config.unreadable`; after an error the old file is in place, unless restoring it
 * failed.
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
    // If the server has taken over the new file, the file is not deleted, because the server would report a missing
    // file as a mistake.
    if (before === undefined && !taken) await rm(file, { force: true });
    else await put(file, before ?? '', access);
    const kept = before === undefined ? undefined : backup;
    // The server refused the new file, so it still has its old configuration.
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

/**
 * The content of a file that sets nothing. An empty file would not do, because a running server reports a file that
 * became empty as a mistake.
 */
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
