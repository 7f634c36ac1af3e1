import { RESTART_EXIT_CODE } from '../http/drain.js';
import type { ErrorCode } from '../core/index.js';

/** What a script can tell from the exit code; documented in `chorus --help` and the README. */
export const EXIT = {
  ok: 0,
  /** Something went wrong that has no number of its own. */
  failed: 1,
  /** The command line itself: unknown command or flag, missing value. */
  usage: 2,
  /** The configuration has mistakes or cannot be read. */
  config: 3,
  /** The data folder, the database or the disk. */
  data: 4,
  /** The port cannot be listened on. */
  port: 5,
  /** A model is missing, corrupt, or cannot be fetched. */
  model: 6,
  /** No server was reached, or it refused. */
  unreachable: 7,
  /** The device talked and got no answer, or the answer broke the protocol. */
  noAnswer: 8,
  /** A measurement disturbed itself and says nothing; the doctor could not look at everything. */
  invalid: 9,
  /** A configuration did not prove itself, and the old one is in force again. */
  undone: 10,
  /** `serve`: it was asked to restart; whoever supervises it starts it again (deploy/systemd/chorus.service). */
  restart: RESTART_EXIT_CODE,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Exit code of an error that reached the command line. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code.startsWith('config.')) return EXIT.config;
  if (code.startsWith('data.') || code.startsWith('store.')) return EXIT.data;
  if (code.startsWith('server.')) return EXIT.port;
  if (code.startsWith('model.')) return EXIT.model;
  if (code.startsWith('device.') || code.startsWith('auth.')) return EXIT.unreachable;
  if (code === 'bench.bad_input' || code === 'upkeep.unknown_task') return EXIT.usage;
  // `chorus bench`: nothing can be said of the server; 1 would say that it is not good enough.
  if (code.startsWith('bench.')) return EXIT.invalid;
  return EXIT.failed;
}
