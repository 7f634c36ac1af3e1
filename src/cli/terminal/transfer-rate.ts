import type { Clock } from '../../core/index.js';

export interface TransferSpeed {
  readonly megabytesPerSecond: number;
  /** Remaining time in whole minutes and further seconds. */
  readonly left: readonly [minutes: number, seconds: number];
}

const SETTLING_MS = 2000;

/** Averages the speed of a download since it began, or since it was resumed. */
export class TransferRate {
  #from: { readonly bytes: number; readonly atMs: number } | undefined;

  constructor(private readonly clock: Pick<Clock, 'nowMs'>) {}

  /** Returns undefined at the beginning, if the size is not known, or if nothing arrives. */
  of(receivedBytes: number, totalBytes: number | undefined): TransferSpeed | undefined {
    const nowMs = this.clock.nowMs();
    // Fewer bytes mean that the download began again from another mirror.
    if (this.#from === undefined || receivedBytes < this.#from.bytes)
      this.#from = { bytes: receivedBytes, atMs: nowMs };
    const ms = nowMs - this.#from.atMs;
    const bytes = receivedBytes - this.#from.bytes;
    if (ms < SETTLING_MS || bytes <= 0 || totalBytes === undefined) return undefined;
    const leftS = Math.round(((totalBytes - receivedBytes) * ms) / bytes / 1000);
    return { megabytesPerSecond: bytes / ms / 1000, left: [Math.floor(leftS / 60), leftS % 60] };
  }
}
