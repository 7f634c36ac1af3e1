import type { Logger } from '../../core/index.js';
import { FRAME_MS } from '../../audio/index.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';
import type { SoundQueue } from './speaking-port.js';

/** After this many undecodable sounds in a row, playing is given up. */
const MAX_FAILURES = 5;

/** The reply that receives the sounds. */
export interface SoundTaker {
  /** Called when another sound begins. */
  begin(title: string): void;
  /** Resolves when more packets are wanted. */
  take(packets: readonly Uint8Array[]): Promise<void>;
  underrunAtMs(): number | undefined;
}

/** The sounds of one reply, decoded and encoded in the speaking process as they are played. */
export class PlayedSounds {
  /** Packets of the reply before the current sound, and packets of that sound. */
  #before = 0;
  #made = 0;
  #begun = false;

  constructor(
    private readonly queue: SoundQueue,
    private readonly services: { readonly encoder: SpeechEncoder; readonly log: Logger },
    private readonly deviceId: string,
  ) {}

  /** `made`: packets of the reply so far. Rejects with the signal's reason, or when several sounds in a row fail. */
  async play(made: number, taker: SoundTaker, signal: AbortSignal): Promise<void> {
    const { encoder, log } = this.services;
    let failures = 0;
    for (this.#before = made; ; this.#before += this.#made) {
      this.#made = 0;
      const sound = await this.queue.next(signal);
      if (!sound) return;
      this.#begun = true;
      taker.begin(sound.title);
      const request = {
        format: sound.format,
        voiceKey: `sound ${sound.title}`,
        trailingMs: 0,
        underrunAtMs: () => taker.underrunAtMs(),
      };
      try {
        signal.throwIfAborted();
        for await (const packets of encoder.encode(request, sound.source, signal)) {
          this.#made += packets.length;
          await taker.take(packets);
        }
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        log.warn('a sound cannot be played', { device: this.deviceId, reason: String(error) });
        if (++failures >= MAX_FAILURES) throw error;
      } finally {
        sound.close();
      }
    }
  }

  /** Call it when the reply was cut off after `playedMs` of its sound. */
  stopped(playedMs: number): void {
    if (this.#begun) this.queue.stopped(Math.max(0, playedMs - this.#before * FRAME_MS), this.#made * FRAME_MS);
  }
}
