/** PCM frames between decoder and output (`MAX_PLAYBACK_TASKS_IN_QUEUE`, docs/protocol.md 4.3). */
const PCM_QUEUE_FRAMES = 2;
/** Six DMA buffers of 240 samples at 24 kHz. */
const DMA_MS = 60;
/** Shorter gaps are rounding of the clock, not silence that somebody hears. */
const GAP_MIN_MS = 0.5;

export interface PlaybackOptions {
  /** Packets the decode queue holds: 40, 20 or 5 by firmware, whatever their duration. */
  readonly queuePackets: number;
  /** Called when a packet's sound begins (or began) at `startMs`: in order, at the latest by the next `advance`. */
  readonly onPlayed?: (packet: Uint8Array, startMs: number) => void;
  /** Called when the speaker was silent between two packets of one reply. */
  readonly onGap?: (startMs: number, gapMs: number) => void;
}

/**
 * The firmware's treatment of downlink packets (docs/protocol.md 4.3) in time: decode queue, decoder, two PCM frames,
 * one frame being written to I2S, 60 ms of DMA. Pure: it is given the time, which must not run backwards.
 */
export class Playback {
  #waiting: Uint8Array[] = [];
  #pcm: Uint8Array[] = [];
  /** Time at which the output task has handed its frame to the DMA and takes the next one. */
  #outputFreeMs = -Infinity;
  /** Time at which the last sample given to the speaker has been heard. */
  #silentFromMs = -Infinity;
  #inReply = false;
  #frameMs = 60;
  #overflows = 0;
  #played = 0;

  constructor(private readonly options: PlaybackOptions) {}

  /** Packets that were lost because the queue was full. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Packets that were heard. */
  get played(): number {
    return this.#played;
  }

  get frameMs(): number {
    return this.#frameMs;
  }

  /** Sets the duration that the server's hello names. It applies to every packet from now on. */
  setFrameMs(frameMs: number): void {
    this.#frameMs = frameMs;
  }

  /** Takes a packet. False: the queue was full and the packet is lost. */
  push(packet: Uint8Array, nowMs: number): boolean {
    this.advance(nowMs);
    // After `advance`, nothing waits if the output is free.
    if (this.#outputFreeMs <= nowMs) {
      this.#take(packet, nowMs);
      return true;
    }
    if (this.#waiting.length >= this.options.queuePackets) {
      this.#overflows += 1;
      return false;
    }
    this.#waiting.push(packet);
    this.#decode();
    return true;
  }

  /** Plays everything that is due by `nowMs`. */
  advance(nowMs: number): void {
    while (this.#outputFreeMs <= nowMs) {
      const packet = this.#pcm.shift();
      if (packet === undefined) return;
      this.#decode();
      this.#take(packet, this.#outputFreeMs);
    }
  }

  /** Resets the decoder: queued packets are lost, sound in the output is still heard. Later gaps do not count. */
  flush(nowMs: number): void {
    this.advance(nowMs);
    this.#waiting = [];
    this.#pcm = [];
    this.#inReply = false;
  }

  /** Marks the reply as over: silence after it is not a gap. */
  endReply(): void {
    this.#inReply = false;
  }

  /** Time at which everything in the device will have been heard; in the past when the speaker is silent. */
  silentFromMs(nowMs: number): number {
    this.advance(nowMs);
    return this.#silentFromMs + this.queued * this.#frameMs;
  }

  /** Sound left in the device, in ms. Negative: the speaker is silent for so long. Undefined before a reply. */
  leadMs(nowMs: number): number | undefined {
    const silentFromMs = this.silentFromMs(nowMs);
    return this.#inReply ? silentFromMs - nowMs : undefined;
  }

  /** Packets in the device that are not being heard yet. */
  get queued(): number {
    return this.#waiting.length + this.#pcm.length;
  }

  /** Decodes waiting packets while there is room for their frames. */
  #decode(): void {
    while (this.#pcm.length < PCM_QUEUE_FRAMES) {
      const packet = this.#waiting.shift();
      if (packet === undefined) return;
      this.#pcm.push(packet);
    }
  }

  /** The output task takes a frame. It is heard after the sound that the DMA holds. */
  #take(packet: Uint8Array, atMs: number): void {
    const startMs = Math.max(atMs, this.#silentFromMs);
    const gapMs = startMs - this.#silentFromMs;
    if (this.#inReply && gapMs > GAP_MIN_MS) this.options.onGap?.(this.#silentFromMs, gapMs);
    this.#inReply = true;
    this.#played += 1;
    this.#silentFromMs = startMs + this.#frameMs;
    this.#outputFreeMs = Math.max(atMs, this.#silentFromMs - DMA_MS);
    this.options.onPlayed?.(packet, startMs);
  }
}
