import { RESTART_EXIT_CODE, type ErrorCode } from '../core/index.js';

/** Exit codes for scripts. Documented in `chorus --help` and the README. */
export const EXIT = {
  ok: 0,
  /** Any failure that has no exit code of its own. */
  failed: 1,
  /** An unknown command or flag, or a missing value. */
  usage: 2,
  /** The configuration has mistakes or cannot be read. */
  config: 3,
  /** Failure of the data folder, the database or the disk. */
  data: 4,
  /** The port cannot be listened on. */
  port: 5,
  /** A model is missing, corrupt, or cannot be fetched. */
  model: 6,
  /** No server could be reached, the server refused the request, or it knows no such device. */
  unreachable: 7,
  /** Nobody answered `chorus ask`, or the simulated device got no answer or one that broke the protocol. */
  noAnswer: 8,
  /** A measurement disturbed its own result, or the doctor could not check everything. */
  invalid: 9,
  /** A new configuration was refused or failed its test. Only `chorus config rollback` keeps it nevertheless. */
  undone: 10,
  /** The supervisor should start the server again (deploy/systemd/chorus.service). */
  restart: RESTART_EXIT_CODE,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code.startsWith('config.')) return EXIT.config;
  if (code.startsWith('data.') || code.startsWith('store.')) return EXIT.data;
  if (code.startsWith('server.')) return EXIT.port;
  if (code.startsWith('model.')) return EXIT.model;
  if (code.startsWith('device.') || code.startsWith('auth.')) return EXIT.unreachable;
  if (code === 'bench.bad_input' || code === 'upkeep.unknown_task') return EXIT.usage;
  // Exit code 1 would mean that the server is not good enough.
  if (code.startsWith('bench.')) return EXIT.invalid;
  return EXIT.failed;
}
