import type { Logger } from '../../core/index.js';
import { FRAME_MS } from '../../audio/index.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';
import type { PacedReply } from './pacing/pacer.js';
import type { SoundQueue } from './speaking-port.js';

const MAX_FAILURES = 5;
const NEARLY_PLAYED_MS = 1_000;

export interface SoundTaker {
  begin(title: string): void;
  /** Resolves when more packets are wanted. */
  take(packets: readonly Uint8Array[]): Promise<void>;
  /** The sound has no more packets. */
  end(): void;
  readonly paced: Pick<PacedReply, 'underrunAtMs' | 'whenBelow'>;
}

/** The sounds of one reply, such as music or a story. They are decoded while they are played. */
export class PlayedSounds {
  #before = 0;
  #made = 0;
  /** Length of the speech before the first sound. Infinity until the sounds begin. */
  #speechMs = Infinity;
  #begun = false;

  constructor(
    private readonly queue: SoundQueue,
    private readonly services: { readonly encoder: SpeechEncoder; readonly log: Logger },
    private readonly deviceId: string,
  ) {}

  /**
   * `made` is the number of packets that the reply already has. Rejects with the signal's reason, or if several sounds
   * in a row fail.
   */
  async play(made: number, taker: SoundTaker, signal: AbortSignal): Promise<void> {
    const { encoder, log } = this.services;
    let failures = 0;
    this.#speechMs = made * FRAME_MS;
    for (this.#before = made; ;) {
      // Waits until little is left to play. Interrupted music can then resume at the right position.
      if (this.#begun) await taker.paced.whenBelow(NEARLY_PLAYED_MS);
      signal.throwIfAborted();
      this.#before += this.#made;
      this.#made = 0;
      const sound = await this.queue.next(signal);
      if (!sound) return;
      this.#begun = true;
      taker.begin(sound.title);
      const request = {
        format: sound.format,
        voiceKey: `sound ${sound.title}`,
        trailingMs: 0,
        underrunAtMs: () => taker.paced.underrunAtMs(),
      };
      try {
        signal.throwIfAborted();
        let skipped = Math.round((sound.fromMs ?? 0) / FRAME_MS);
        for await (const packets of encoder.encode(request, sound.source, signal)) {
          const played = packets.slice(skipped);
          skipped = Math.max(0, skipped - packets.length);
          this.#made += played.length;
          if (played.length > 0) await taker.take(played);
        }
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        log.warn('a sound cannot be played', {
          problem: 'sound.unplayable',
          device: this.deviceId,
          reason: String(error),
        });
        if (++failures >= MAX_FAILURES) throw error;
      } finally {
        sound.close();
      }
      taker.end();
    }
  }

  /** Returns how much of the sounds was played, without the speech before them. */
  heardMs(playedMs: number): number {
    return Math.max(0, playedMs - this.#speechMs);
  }

  /** Call it when the reply was cut off after `playedMs` of its audio. */
  stopped(playedMs: number): void {
    if (this.#begun) this.queue.stopped(Math.max(0, playedMs - this.#before * FRAME_MS), this.#made * FRAME_MS);
  }
}
