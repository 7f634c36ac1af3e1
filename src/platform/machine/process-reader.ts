import type { Clock } from '../../core/index.js';
import { PortableReader } from './portable-processes.js';
import { ProcReader, type ProcessReader } from './processes.js';
import { type ReadText, readTextFile } from './read-text.js';

export interface ProcessReaderOptions {
  readonly clock: Clock;
  /** How often PSS is read; default never (see {@link ProcReaderOptions}). */
  readonly pssEveryMs?: number | false | undefined;
  readonly readText?: ReadText | undefined;
}

/** The reader for this platform. */
export function createProcessReader({
  clock,
  pssEveryMs = false,
  readText = readTextFile,
}: ProcessReaderOptions): ProcessReader {
  return process.platform === 'linux' ? new ProcReader({ readText, clock, pssEveryMs }) : new PortableReader();
}
