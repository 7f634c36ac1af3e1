import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepBackup, readConfigFile, type Backup, type BackupPlace } from './backups.js';
import type { ReloadAnswer, ReloadRefusal } from './reload-answer.js';
import { accessOf, replaceFile, writeError, type FileAccess } from './replace-file.js';

/** The server that runs on the data folder, as `apply` needs it. */
export interface AppliedServer<Reason> {
  /**
   * Reads the file again; `trial`: what is new is tried first, and refused when it fails. Rejects when no answer comes.
   */
  reload(trial: boolean): Promise<ReloadAnswer>;
  /** Whether conversations work now; undefined: they do. Rejects when that cannot be found out. */
  prove(): Promise<Reason | undefined>;
}

export interface ApplyOptions<Reason> {
  /** Checked by the caller. */
  readonly text: string;
  readonly file: string;
  readonly backups: BackupPlace;
  /** Undefined: none runs, and the file counts from the next start. */
  readonly server: AppliedServer<Reason> | undefined;
  /** False: the server is notified, and nothing is tried. */
  readonly verify: boolean;
  /**
   * True: stay with the new file though it does not prove itself (a rollback: what was before is worse). What the
   * server refuses is taken back in any case.
   */
  readonly stay?: boolean;
}

/** Why a configuration is not in force. */
export type ApplyFailure<Reason> =
  | { readonly kind: 'refused'; readonly refusal: ReloadRefusal }
  | { readonly kind: 'unproven'; readonly reason: Reason }
  /** The server does not answer (any more). */
  | { readonly kind: 'lost'; readonly error: unknown };

export type ApplyOutcome<Reason> =
  | {
      readonly type: 'applied';
      readonly backup: Backup | undefined;
      /** Undefined: no server runs. */
      readonly answer: Extract<ReloadAnswer, { readonly ok: true }> | undefined;
      /** Only with `stay`: it is in force, and does not work. */
      readonly failure?: ApplyFailure<Reason>;
    }
  | {
      readonly type: 'gone_back';
      readonly failure: ApplyFailure<Reason>;
      readonly backup: Backup | undefined;
      /** Set when the server could not be brought back to the old file either; the file itself is the old one again. */
      readonly stuck?: ApplyFailure<Reason>;
    };

/**
 * Puts a configuration into force: the old file is kept, the new one takes its place, the running server is notified
 * and has to prove itself. When it does not, or this is interrupted, the old file is put back and the server notified
 * again. Errors: `data.*`, `config.unreadable`; whatever is thrown after the file was replaced, it is the old one
 * again.
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
    if (before === undefined) await rm(file, { force: true });
    else await put(file, before, access);
    const kept = before === undefined ? undefined : backup;
    // It refused and goes on with what it had.
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

async function put(file: string, text: string, access?: FileAccess): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await replaceFile(file, text, access);
  } catch (error) {
    throw writeError(file, error);
  }
}
