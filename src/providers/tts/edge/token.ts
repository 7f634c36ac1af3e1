import { createHash } from 'node:crypto';

/** Seconds from the epoch of Windows file time (1601) to that of Unix. */
const FILE_TIME_OFFSET_S = 11_644_473_600;
/** The service accepts a token for the five minutes in which it was made. */
const WINDOW_S = 300;

/**
 * `Sec-MS-GEC`: SHA-256 over the Windows file time (100 ns), rounded down to five minutes, and the client's fixed
 * token.
 */
export function secMsGec(wallMs: number, clientToken: string): string {
  const seconds = Math.floor(wallMs / 1000) + FILE_TIME_OFFSET_S;
  const rounded = seconds - (seconds % WINDOW_S);
  return createHash('sha256').update(`${rounded}0000000${clientToken}`, 'ascii').digest('hex').toUpperCase();
}
