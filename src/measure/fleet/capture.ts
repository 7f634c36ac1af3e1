import type { Clock, TimerHandle } from '../../core/index.js';
import { UPLINK_FRAME_MS } from './clip.js';

export interface CaptureOptions {
  readonly clock: Clock;
  /** Called when a 60 ms packet leaves. `startMs` is the start of its sound. */
  readonly onFrame: (startMs: number, nowMs: number) => void;
  readonly isOn: () => boolean;
}

/** Frames offered after the microphone was switched off. The device sends at most two of them. */
const TRAILING_FRAMES = 3;

/** Times the frames on an absolute grid. After a late timer, frames leave in a burst, as on the device. */
export class Capture {
  #timer: TimerHandle | undefined;
  #frameStartMs = 0;
  #framesAfterOff = 0;

  constructor(private readonly options: CaptureOptions) {}

  get nextBorderMs(): number {
    return this.#frameStartMs + UPLINK_FRAME_MS;
  }

  start(atMs: number): void {
    this.#frameStartMs = atMs;
    this.#framesAfterOff = 0;
    this.#next();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #next(): void {
    const { clock, onFrame } = this.options;
    this.#timer?.cancel();
    this.#timer = clock.after(this.nextBorderMs - clock.nowMs(), () => {
      const nowMs = clock.nowMs();
      while (this.nextBorderMs <= nowMs && this.#runs()) {
        onFrame(this.#frameStartMs, nowMs);
        this.#frameStartMs += UPLINK_FRAME_MS;
      }
      if (this.#runs()) this.#next();
    });
  }

  #runs(): boolean {
    if (this.options.isOn()) return true;
    this.#framesAfterOff += 1;
    return this.#framesAfterOff <= TRAILING_FRAMES;
  }
}
