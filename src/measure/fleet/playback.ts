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
 * one frame being written to I2S, 60 ms of DMA. Pure: it takes the time as an argument, which must not decrease.
 */
export class Playback {
  #waiting: Uint8Array[] = [];
  #pcm: Uint8Array[] = [];
  /** Time at which the output task has written its frame to the DMA and takes the next one. */
  #outputFreeMs = -Infinity;
  /** Time at which the speaker has played the last sample it was given. */
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

  /** Packets whose sound was played. */
  get played(): number {
    return this.#played;
  }

  get frameMs(): number {
    return this.#frameMs;
  }

  /** Sets the frame duration from the server's hello. It applies to every packet from now on. */
  setFrameMs(frameMs: number): void {
    this.#frameMs = frameMs;
  }

  /** Takes a packet. Returns false if the queue was full and the packet was lost. */
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

  /** Plays everything that is due by `nowMs`. */
  advance(nowMs: number): void {
    while (this.#outputFreeMs <= nowMs) {
      const packet = this.#pcm.shift();
      if (packet === undefined) return;
      this.#decode();
      this.#take(packet, this.#outputFreeMs);
    }
  }

  /** Resets the decoder. Queued packets are lost; sound in the output is still played. Later gaps do not count. */
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

  /** Time at which the device will have played everything. It is in the past while the speaker is silent. */
  silentFromMs(nowMs: number): number {
    this.advance(nowMs);
    return this.#silentFromMs + this.queued * this.#frameMs;
  }

  /** Sound left in the device, in ms. Negative: how long the speaker has been silent. Undefined: no reply yet. */
  leadMs(nowMs: number): number | undefined {
    const silentFromMs = this.silentFromMs(nowMs);
    return this.#inReply ? silentFromMs - nowMs : undefined;
  }

  /** Packets in the device whose sound has not begun. */
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

  /** Moves a frame to the output task. It is played after the sound in the DMA. */
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
