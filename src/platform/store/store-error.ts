import { ChorusError, type ErrorCode } from '../../core/index.js';

/** Codes of PostgreSQL (SQLSTATE), SQLite and the operating system. The first match wins. */
const MEANINGS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT|53100)$/, 'data.disk_full'],
  // A failing read is no reason to wait until the disk can be written.
  [/^SQLITE_(READONLY|CANTOPEN|IOERR(?!_READ|_SHORT_READ))/, 'data.not_writable'],
  [/^(23505|SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY))$/, 'store.taken'],
  // Server starting or shutting down, too many connections, connection lost, and socket errors.
  [
    /^(57P0[1-4]|53300|08\w{3}|ECONN\w+|ENOTFOUND|EAI_\w+|EHOST\w+|ENET\w+|ETIMEDOUT|EPIPE|ENOENT)$/,
    'store.unreachable',
  ],
  // Wrong password, user, database or permissions, and untrusted certificates.
  [/^(28\w{3}|3D000|42501|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w+)$/, 'store.refused'],
];
/** Errors of the driver itself, which have no code. */
const LOST = new RegExp(
  '^(Connection terminated|timeout exceeded when trying to connect|Query read timeout' +
    '|Client has encountered a connection error)',
);
const NO_TLS = /does not support SSL|SSL is not enabled|no pg_hba\.conf entry/;

/** The message names the operation and the cause, without rows or passwords. */
export function storeError(what: string, error: unknown): ChorusError {
  if (error instanceof ChorusError) return error;
  const { code } = error as { code?: unknown };
  const detail = error instanceof Error && error.message !== '' ? error.message : String(code ?? error);
  const meaning = meaningOf(typeof code === 'string' ? code : '', detail);
  if (meaning === 'data.disk_full')
    return new ChorusError(meaning, `cannot ${what}: the disk is full`, { cause: error });
  return new ChorusError(meaning, `cannot ${what}: ${detail}`, {
    cause: error,
    ...(typeof code === 'string' && { details: { system: code } }),
  });
}

function meaningOf(code: string, detail: string): ErrorCode {
  if (NO_TLS.test(detail)) return 'store.refused';
  const known = MEANINGS.find(([pattern]) => pattern.test(code));
  if (known) return known[1];
  return LOST.test(detail) ? 'store.unreachable' : 'store.failed';
}
