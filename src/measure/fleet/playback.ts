/** PCM frames between decoder and output (`MAX_PLAYBACK_TASKS_IN_QUEUE`, docs/protocol.md 4.3). */
const PCM_QUEUE_FRAMES = 2;
/** Six DMA buffers of 240 samples at 24 kHz. */
const DMA_MS = 60;
/** Shorter gaps are rounding errors of the clock, not audible silence. */
const GAP_MIN_MS = 0.5;

export interface PlaybackOptions {
  /** Packets that the decode queue takes, whatever their duration: 40, 20 or 5, by firmware. */
  readonly queuePackets: number;
  /** Called with the start of a packet's sound, in order. The call comes at the latest in the next `advance`. */
  readonly onPlayed?: (packet: Uint8Array, startMs: number) => void;
  /** Called after an audible gap between two packets of one reply. */
  readonly onGap?: (startMs: number, gapMs: number) => void;
}

/**
 * Simulates the firmware's playback of downlink packets (docs/protocol.md 4.3): decode queue, decoder, two PCM frames,
 * one frame being written to I2S, 60 ms of DMA. Takes the time as an argument, which must not decrease.
 */
export class Playback {
  #waiting: Uint8Array[] = [];
  #pcm: Uint8Array[] = [];
  #outputFreeMs = -Infinity;
  #silentFromMs = -Infinity;
  #inReply = false;
  #frameMs = 60;
  #overflows = 0;
  #played = 0;

  constructor(private readonly options: PlaybackOptions) {}

  get overflows(): number {
    return this.#overflows;
  }

  get played(): number {
    return this.#played;
  }

  get frameMs(): number {
    return this.#frameMs;
  }

  /** Applies to every packet from now on. */
  setFrameMs(frameMs: number): void {
    this.#frameMs = frameMs;
  }

  /** Returns false if the queue was full and the packet was lost. */
  push(packet: Uint8Array, nowMs: number): boolean {
    this.advance(nowMs);
    // After `advance`, no packet waits if the output is free.
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

  advance(nowMs: number): void {
    while (this.#outputFreeMs <= nowMs) {
      const packet = this.#pcm.shift();
      if (packet === undefined) return;
      this.#decode();
      this.#take(packet, this.#outputFreeMs);
    }
  }

  /** Queued packets are lost, but sound in the output is still played. Silence until the next packet is not a gap. */
  flush(nowMs: number): void {
    this.advance(nowMs);
    this.#waiting = [];
    this.#pcm = [];
    this.#inReply = false;
  }

  /** Silence after the reply is not a gap. */
  endReply(): void {
    this.#inReply = false;
  }

  /** Time at which the device will have played everything. The time is in the past while the speaker is silent. */
  silentFromMs(nowMs: number): number {
    this.advance(nowMs);
    return this.#silentFromMs + this.queued * this.#frameMs;
  }

  /** Sound left in the device, in ms. A negative value is the duration of silence. Undefined outside of a reply. */
  leadMs(nowMs: number): number | undefined {
    const silentFromMs = this.silentFromMs(nowMs);
    return this.#inReply ? silentFromMs - nowMs : undefined;
  }

  /** Packets in the device whose sound has not begun. */
  get queued(): number {
    return this.#waiting.length + this.#pcm.length;
  }

  #decode(): void {
    while (this.#pcm.length < PCM_QUEUE_FRAMES) {
      const packet = this.#waiting.shift();
      if (packet === undefined) return;
      this.#pcm.push(packet);
    }
  }

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
