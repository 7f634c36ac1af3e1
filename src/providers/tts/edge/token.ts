import { createHash } from 'node:crypto';

/** Seconds between the epochs of Windows file time (1601) and Unix time. */
const FILE_TIME_OFFSET_S = 11_644_473_600;
/** The time in a token is rounded to five minutes. The service accepts a token during these five minutes. */
const WINDOW_S = 300;

/** `Sec-MS-GEC` is a SHA-256 of the rounded Windows file time, in units of 100 ns, and the client's token. */
export function secMsGec(wallMs: number, clientToken: string): string {
  const seconds = Math.floor(wallMs / 1000) + FILE_TIME_OFFSET_S;
  const rounded = seconds - (seconds % WINDOW_S);
  return createHash('sha256').update(`${rounded}0000000${clientToken}`, 'ascii').digest('hex').toUpperCase();
}
