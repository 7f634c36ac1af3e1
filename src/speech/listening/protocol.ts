import type { ListenMode, ListeningEvent } from './listening-port.js';
import type { UtteranceOptions } from './utterance-options.js';

/** First message to the listening process. */
export interface ListeningInit {
  readonly utterance: UtteranceOptions;
  readonly modelPath: string | undefined;
  readonly queuePackets: number;
  readonly finishGraceMs: number;
  readonly windowsPerTick: number;
  readonly tickBudgetMs: number;
}

/** Calls to a stream since the last tick, without audio. They come before the tick's audio. */
export type ControlOp =
  /**
   * `waitingPackets`: packets that waited because there was no process; they are not dropped as too many. `continues`:
   * the turn includes audio received since the end of the utterance before it.
   */
  | {
      readonly op: 'begin';
      readonly stream: number;
      readonly turnId: number;
      readonly mode: ListenMode;
      readonly endpointSilenceMs: number;
      readonly waitingPackets: number;
      readonly continues: boolean;
      readonly live?: boolean;
    }
  | { readonly op: 'require_silence'; readonly stream: number; readonly turnId: number; readonly silenceMs: number }
  | { readonly op: 'finish'; readonly stream: number; readonly turnId: number }
  | { readonly op: 'end'; readonly stream: number }
  | { readonly op: 'playback_started'; readonly stream: number }
  | { readonly op: 'playback_stopped'; readonly stream: number }
  | { readonly op: 'close'; readonly stream: number };

/**
 * Events of all streams since the last tick, in one message: a message per packet would cost the event loop too much.
 */
export interface Tick {
  readonly controls: readonly ControlOp[];
  /** Rows of [stream, 1 if it is a reference else 0, bytes]: the packets that lie one after the other in `bytes`. */
  readonly packets: Int32Array;
  readonly bytes: Uint8Array;
}

/** A report of the listening process, at the end of a tick with events. */
export interface ListeningReport {
  readonly events: readonly StreamEvent[];
  readonly stats: ListeningStats;
}

export interface StreamEvent {
  readonly stream: number;
  readonly event: ListeningEvent;
  /** Number of the turn's uplink packets that were processed when the event happened. */
  readonly packets: number;
}

/** Counts since the last message. */
export interface ListeningStats {
  readonly droppedPackets: number;
  readonly opusErrors: number;
  readonly vadWindows: number;
}

const ROW = 3;

/** Collects the packets of a tick. It copies each packet once, because the caller's buffer may change. */
export class PacketBatch {
  #rows = new Int32Array(64 * ROW);
  #rowsUsed = 0;
  #bytes = new Uint8Array(16_384);
  #bytesUsed = 0;

  add(stream: number, reference: boolean, packet: Uint8Array): void {
    if (this.#rowsUsed === this.#rows.length) this.#rows = grown(this.#rows, new Int32Array(this.#rows.length * 2));
    this.#rows.set([stream, reference ? 1 : 0, packet.byteLength], this.#rowsUsed);
    this.#rowsUsed += ROW;
    while (this.#bytesUsed + packet.byteLength > this.#bytes.length)
      this.#bytes = grown(this.#bytes, new Uint8Array(this.#bytes.length * 2));
    this.#bytes.set(packet, this.#bytesUsed);
    this.#bytesUsed += packet.byteLength;
  }

  /** Views that are valid until the next {@link add}; the batch is empty afterwards. */
  take(): Pick<Tick, 'packets' | 'bytes'> {
    const batch = { packets: this.#rows.subarray(0, this.#rowsUsed), bytes: this.#bytes.subarray(0, this.#bytesUsed) };
    this.#rowsUsed = 0;
    this.#bytesUsed = 0;
    return batch;
  }
}

/** Calls `visit` for each packet of a tick; the packet is a view of the tick's bytes. */
export function eachPacket(
  tick: Pick<Tick, 'packets' | 'bytes'>,
  visit: (stream: number, reference: boolean, packet: Uint8Array) => void,
): void {
  const { packets, bytes } = tick;
  let at = 0;
  for (let row = 0; row + ROW <= packets.length; row += ROW) {
    const length = packets[row + 2] ?? 0;
    visit(packets[row] ?? -1, packets[row + 1] === 1, bytes.subarray(at, at + length));
    at += length;
  }
}

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
