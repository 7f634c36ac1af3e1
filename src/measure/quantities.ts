import type { Bilingual } from '../core/index.js';
import { quantityWords } from './words/quantities.js';

/** Writes milliseconds in seconds: `0.82 s`, `12.4 s`, `20 s`. */
export function inSeconds(ms: number): Bilingual {
  const seconds = Math.abs(ms) < 10_000 ? (ms / 1000).toFixed(2) : String(Math.round(ms / 100) / 10);
  return quantityWords.seconds(seconds);
}

/** E.g. `3.4 ms`, `120 ms`. */
export function inMs(ms: number): Bilingual {
  const number = Math.abs(ms) < 10 ? ms.toFixed(1) : ms.toFixed(0);
  return quantityWords.ms(number);
}

/** Writes a share from 0 to 1 as a percentage: `41 %`, `4.1 %`. */
export function inPercent(share: number): string {
  return `${(share * 100).toFixed(share !== 0 && Math.abs(share) < 0.1 ? 1 : 0)} %`;
}

/** E.g. `120 MB`, `1.5 GB`. The units are 2^20 and 2^30 bytes. */
export function inBytes(bytes: number): string {
  return bytes < 1000 * 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
