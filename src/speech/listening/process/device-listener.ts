import { BoundedQueue } from '../../../core/index.js';
import { LISTEN_RATE_HZ } from '../../../audio/format.js';
import { OpusDecoder } from '../../../audio/opus.js';
import type { VadStream } from '../../../providers/vad/vad-port.js';
import { EchoDetector } from '../echo/echo.js';
import type { ListenMode, ListeningEvent, ListeningTurn } from '../listening-port.js';
import { UtteranceAssembler } from './utterance.js';
import type { UtteranceOptions } from '../utterance-options.js';
import { FRAME_SAMPLES, WindowFeed } from './window-feed.js';

/** After this many silent windows (DTX), the detector is reset instead of keeping its old state. */
const RESET_AFTER_SILENT_WINDOWS = 8;

export interface ListenerOptions {
  readonly utterance: UtteranceOptions;
  readonly queuePackets: number;
  readonly windowSamples: number;
  readonly createVadStream: () => VadStream;
  /** `packets` is the number of the turn's microphone packets that were processed before the event. */
  readonly emit: (event: ListeningEvent, packets: number) => void;
}

export interface ListenerCounters {
  droppedPackets: number;
  opusErrors: number;
}

interface QueuedPacket {
  readonly packet: Uint8Array;
  readonly reference: boolean;
}

interface Turn {
  readonly id: number;
  readonly mode: ListenMode;
  readonly feed: WindowFeed;
  readonly assembler: UtteranceAssembler;
  readonly vad: VadStream;
  silentWindows: number;
  finishing: boolean;
}

export interface PendingWindow {
  readonly listener: DeviceListener;
  readonly turn: object;
  readonly stream: VadStream;
  readonly samples: Float32Array;
  readonly pcm: Int16Array;
}

export class DeviceListener {
  #queue: BoundedQueue<QueuedPacket>;
  readonly #samples: Float32Array;
  #turn: Turn | undefined;
  /**
   * The previous turn, until the next turn begins. Undefined after push to talk. Later audio waits in the queue, and
   * partly in the feed of the previous turn.
   */
  #ended: Turn | undefined;
  /**
   * Number of the turn's microphone packets that were decoded or dropped. After the end of a turn, the packets of the
   * next turn are counted.
   */
  #packets = 0;
  #moreSilence = false;
  #echo: { readonly judge: EchoDetector; readonly decoder: OpusDecoder } | undefined;

  constructor(
    private readonly options: ListenerOptions,
    private readonly counters: ListenerCounters,
  ) {
    this.#queue = new BoundedQueue(options.queuePackets, 'dropOldest');
    this.#samples = new Float32Array(options.windowSamples);
  }

  /**
   * `waitingPackets` is the number of packets that waited for this process. They may exceed the usual queue limit. With
   * `continues`, the turn begins at the end of the previous turn, if this process analysed that turn.
   */
  begin(turn: ListeningTurn, waitingPackets = 0, continues = false): void {
    const before = continues ? this.#ended : undefined;
    if (!before) {
      this.end();
      this.#queue = new BoundedQueue(this.options.queuePackets + waitingPackets, 'dropOldest');
    }
    this.#ended = undefined;
    this.#turn = {
      id: turn.turnId,
      mode: turn.mode,
      feed: before?.feed ?? new WindowFeed(this.options.windowSamples),
      assembler: new UtteranceAssembler(
        this.options.utterance,
        turn,
        (event) => this.options.emit(event, this.#packets),
        before?.assembler.rest,
      ),
      vad: before?.vad ?? this.options.createVadStream(),
      silentWindows: before?.silentWindows ?? 0,
      finishing: false,
    };
  }

  end(): void {
    this.#turn = undefined;
    this.#ended = undefined;
    this.#packets = 0;
    for (const queued of this.#queue.drain()) this.#pass(queued);
  }

  /**
   * The listener takes over the packet. A microphone packet is ignored if no turn is open and no next turn can continue
   * the previous one.
   */
  push(packet: Uint8Array, reference: boolean): void {
    if (!this.#turn && !this.#ended) {
      this.#pass({ packet, reference });
      return;
    }
    if (reference && !this.#echo) return;
    if (this.#queue.size === this.#queue.capacity && this.#queue.shift()?.reference === false) {
      this.#packets += 1;
      this.counters.droppedPackets += 1;
    }
    this.#queue.push({ packet, reference });
  }

  requireSilence(turnId: number, silenceMs: number): void {
    if (this.#turn?.id === turnId) this.#turn.assembler.requireSilence(silenceMs);
    this.#endIfOver();
  }

  /** Call this when all packets of the utterance have arrived. The utterance ends once they are decoded. */
  finish(turnId: number): void {
    if (this.#turn?.id === turnId) this.#turn.finishing = true;
  }

  playbackStarted(): void {
    this.#echo ??= {
      judge: new EchoDetector({
        bargeInSpeechMs: this.options.utterance.bargeInSpeechMs,
        threshold: this.options.utterance.threshold,
        negThreshold: this.options.utterance.negThreshold,
      }),
      decoder: new OpusDecoder(LISTEN_RATE_HZ),
    };
    this.#echo.decoder.reset();
    this.#echo.judge.playbackStarted();
    this.#turn?.assembler.rearm();
  }

  playbackStopped(): void {
    this.#echo?.judge.playbackStopped();
  }

  /**
   * Decodes packets until the detector is needed for a full window. Returns undefined if no such window is complete, or
   * after `limit` silent windows.
   */
  nextWindow(limit: number): PendingWindow | undefined {
    this.#moreSilence = false;
    for (let silent = 0; silent < limit;) {
      const turn = this.#turn;
      if (!turn) return undefined;
      const window = turn.feed.next();
      if (!window) {
        if (this.#decodeNext(turn)) continue;
        if (turn.finishing) this.#finish(turn);
        return undefined;
      }
      if (!window.silent) return this.#pending(turn, window.pcm);
      silent += 1;
      turn.silentWindows += 1;
      this.#heard(turn, window.pcm, 0);
    }
    this.#moreSilence = true;
    return undefined;
  }

  /** True if {@link nextWindow} has more to do although it returned undefined. */
  get busy(): boolean {
    return this.#turn !== undefined && (this.#queue.size > 0 || this.#moreSilence || this.#turn.finishing);
  }

  heard(window: PendingWindow, probability: number): void {
    if (this.#turn === window.turn) this.#heard(this.#turn, window.pcm, probability);
    // The turn ended while the detector was analysing this window, so the next turn gets the window.
    else if (this.#ended === window.turn) this.#ended.feed.putBack(window.pcm);
  }

  #pending(turn: Turn, pcm: Int16Array): PendingWindow {
    if (turn.silentWindows >= RESET_AFTER_SILENT_WINDOWS) turn.vad.reset();
    turn.silentWindows = 0;
    for (let i = 0; i < pcm.length; i++) this.#samples[i] = (pcm[i] ?? 0) / 32_768;
    return { listener: this, turn, stream: turn.vad, samples: this.#samples, pcm };
  }

  #decodeNext(turn: Turn): boolean {
    const queued = this.#queue.shift();
    if (!queued) return false;
    if (queued.reference) {
      this.#reference(queued.packet);
      return true;
    }
    this.#packets += 1;
    if (!turn.feed.decode(queued.packet)) this.counters.opusErrors += 1;
    return true;
  }

  #pass(queued: QueuedPacket): void {
    if (queued.reference) this.#reference(queued.packet);
    else this.#echo?.judge.skip(FRAME_SAMPLES);
  }

  #reference(packet: Uint8Array): void {
    const result = this.#echo?.decoder.decode(packet);
    if (result?.ok) this.#echo?.judge.reference(result.pcm);
  }

  #heard(turn: Turn, pcm: Int16Array, probability: number): void {
    const verdict = this.#echo?.judge.window(pcm, probability);
    turn.assembler.window(pcm, verdict?.probability ?? probability, verdict?.held ?? false);
    if (verdict?.userSinceSamples !== undefined)
      turn.assembler.interrupt(turn.assembler.nowSample - verdict.userSinceSamples, verdict.playing);
    this.#endIfOver();
  }

  #finish(turn: Turn): void {
    turn.assembler.finish(turn.feed.tail());
    this.#endIfOver();
  }

  #endIfOver(): void {
    const turn = this.#turn;
    if (!turn?.assembler.ended) return;
    if (turn.mode === 'manual') {
      this.end();
      return;
    }
    this.#turn = undefined;
    this.#ended = turn;
    this.#packets = 0;
  }
}
