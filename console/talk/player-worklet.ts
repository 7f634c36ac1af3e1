import { PLAYER_PROCESSOR, type FromPlayer, type ToPlayer } from './audio-messages.js';
import { PlaybackQueue } from './playback-queue.js';

/** Two packets. They cover the usual delay of a busy page or another tab. */
const START_AFTER_MS = 120;
/** More than the server sends ahead, which is at most 40 packets (2.4 s). */
const CAPACITY_MS = 10_000;
const REPORT_EVERY_MS = 250;

class PlayerProcessor extends AudioWorkletProcessor {
  readonly #queue = new PlaybackQueue({ rateHz: sampleRate, startAfterMs: START_AFTER_MS, capacityMs: CAPACITY_MS });
  #reportedMs = 0;

  constructor() {
    super();
    this.port.addEventListener('message', ({ data }: MessageEvent<ToPlayer>) => this.#take(data));
    this.port.start();
  }

  override process(
    _inputs: readonly (readonly Float32Array[])[],
    [output]: readonly (readonly Float32Array[])[],
  ): boolean {
    const [first, ...others] = output ?? [];
    if (first === undefined) return true;
    const over = this.#queue.pull(first);
    for (const channel of others) channel.set(first);
    const { figures } = this.#queue;
    if (over) this.#tell({ type: 'over', figures });
    else if (figures.playedMs - this.#reportedMs >= REPORT_EVERY_MS) {
      this.#reportedMs = figures.playedMs;
      this.#tell({ type: 'figures', figures });
    }
    return true;
  }

  #take(message: ToPlayer): void {
    switch (message.type) {
      case 'begin':
        this.#queue.begin();
        break;
      case 'samples':
        this.#queue.push(message.samples);
        break;
      case 'end':
        this.#queue.end();
        break;
      case 'flush':
        this.#queue.flush();
        break;
    }
  }

  #tell(message: FromPlayer): void {
    this.port.postMessage(message, []);
  }
}

registerProcessor(PLAYER_PROCESSOR, PlayerProcessor);
