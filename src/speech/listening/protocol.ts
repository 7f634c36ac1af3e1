import type { ListenMode, ListeningEvent } from './listening-port.js';
import type { UtteranceOptions } from './utterance-options.js';

export interface ListeningInit {
  readonly utterance: UtteranceOptions;
  readonly modelPath: string | undefined;
  readonly queuePackets: number;
  readonly finishGraceMs: number;
  readonly windowsPerTick: number;
  readonly tickBudgetMs: number;
}

/** Calls to a stream since the last tick, except for audio. They are handled before the tick's audio. */
export type ControlOp =
  /**
   * `waitingPackets` is the number of packets that waited while there was no process. The queue limit of the process
   * does not apply to them. With `continues`, the turn includes the audio since the end of the previous utterance.
   */
  | {
      readonly op: 'begin';
      readonly stream: number;
      readonly turnId: number;
      readonly mode: ListenMode;
      readonly endpointSilenceMs: number;
      readonly pieceSilenceMs?: number;
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

/** Everything since the last tick, for all streams. One message per packet would keep the event loop too busy. */
export interface Tick {
  readonly controls: readonly ControlOp[];
  /** Three numbers for each packet in `bytes`: the stream, 1 for audio of the reply or 0, and the length in bytes. */
  readonly packets: Int32Array;
  readonly bytes: Uint8Array;
}

export interface ListeningReport {
  readonly events: readonly StreamEvent[];
  readonly stats: ListeningStats;
}

export interface StreamEvent {
  readonly stream: number;
  readonly event: ListeningEvent;
  /** Number of the turn's microphone packets that were processed before the event. */
  readonly packets: number;
}

export interface ListeningStats {
  readonly droppedPackets: number;
  readonly opusErrors: number;
  readonly vadWindows: number;
}

const ROW = 3;

/** Each packet is copied, because the caller may reuse its buffer. */
export class PacketBatch {
  #rows = new Int32Array(64 * ROW);
  #rowsUsed = 0;
  #bytes = new Uint8Array(16_384);
  #bytesUsed = 0;

  add(stream: number, reference: boolean, packet: Uint8Array): void {
    if (this.#rowsUsed === this.#rows.length) this.#rows = grown(this.#rows, new Int32Array(this.#rows.length * 2));
    this.#rows[this.#rowsUsed++] = stream;
    this.#rows[this.#rowsUsed++] = reference ? 1 : 0;
    this.#rows[this.#rowsUsed++] = packet.byteLength;
    while (this.#bytesUsed + packet.byteLength > this.#bytes.length)
      this.#bytes = grown(this.#bytes, new Uint8Array(this.#bytes.length * 2));
    this.#bytes.set(packet, this.#bytesUsed);
    this.#bytesUsed += packet.byteLength;
  }

  /** Empties the batch. The result is valid only until the next {@link add}. */
  take(): Pick<Tick, 'packets' | 'bytes'> {
    const batch = { packets: this.#rows.subarray(0, this.#rowsUsed), bytes: this.#bytes.subarray(0, this.#bytesUsed) };
    this.#rowsUsed = 0;
    this.#bytesUsed = 0;
    return batch;
  }
}

/** The packet is a view of the tick's bytes. */
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
