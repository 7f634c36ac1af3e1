import { type Clock, type Logger, type Metrics, type Scope, type TimerHandle, isCancelled } from '../../core/index.js';
import { CHILD_NICENESS, type EngineStatus, SupervisedChild, childEntry } from '../../engines/index.js';
import { ClientStream } from './client-stream.js';
import type { Listening, ListeningEvent, ListeningStream } from './listening-port.js';
import { TickPace } from './tick-pace.js';
import { DEFAULT_UTTERANCE_OPTIONS, type UtteranceOptions } from './utterance-options.js';
import { type ControlOp, type ListeningReport, type ListeningInit, PacketBatch } from './protocol.js';

export interface ListeningOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** Overrides of {@link DEFAULT_UTTERANCE_OPTIONS}. */
  readonly utterance?: Partial<UtteranceOptions>;
  /** Path of the model for voice activity detection. The default is the model in its npm package. */
  readonly modelPath?: string;
  /** Maximum number of packets queued for a device. If more arrive, the oldest are dropped and counted. Default 400. */
  readonly queuePackets?: number;
  /** Default {@link CHILD_NICENESS}. */
  readonly niceness?: number;
  /** Time limit from the start of the process to the first inference. Default 30 s. */
  readonly startTimeoutMs?: number;
}

/**
 * Enough for 8 s of audio in packets of 20 ms, which a client on a computer may send at once after a network delay. The
 * firmware sends at most 40 packets at once (docs/protocol.md, checklist 42).
 */
const DEFAULT_QUEUE_PACKETS = 400;
/** Equals the time limit for the text in `recognition/slot-recognition.ts`. */
const MAX_WAIT_MS = 30_000;
const WAIT_CHECK_MS = 1000;
/** Frames may still be on their way when push to talk ends (docs/protocol.md, checklist 38). */
const FINISH_GRACE_MS = 200;
const WINDOWS_PER_TICK = 8;
const TICK_BUDGET_MS = 20;
/** Waiting turns are lost after this time if the process has failed and will not start at once. */
const REFUSE_AFTER_MS = 20;
/** Expected time until the process acknowledges a tick, which it does before it analyses the audio. */
const PREDICTED_TICK_MS = 20;

export interface ListeningService extends Listening {
  /**
   * Rejects with `model.corrupt`, or with `engine.failed` if the process does not start. The start is retried in both
   * cases.
   */
  start(): Promise<void>;
  status(): EngineStatus;
  close(): Promise<void>;
}

/**
 * Creates the listeners of all devices. Audio waits up to 30 s for the process. If the process is not ready by then or
 * has failed, the stream reports `lost` with `unavailable`.
 */
export function createListening(options: ListeningOptions): ListeningService {
  return new ListeningClient(options);
}

class ListeningClient implements ListeningService {
  readonly #child: SupervisedChild;
  readonly #streams = new Map<number, ClientStream>();
  readonly #batch = new PacketBatch();
  readonly #dirty = new Set<ClientStream>();
  readonly #pace = new TickPace();
  #closedStreams: number[] = [];
  #nextStream = 1;
  readonly #queuePackets: number;
  #tick = 0;
  #scheduled = false;
  #inFlight = false;
  #lastTickMs = -Infinity;
  #waitCheck: TimerHandle | undefined;

  constructor(private readonly options: ListeningOptions) {
    this.#queuePackets = options.queuePackets ?? DEFAULT_QUEUE_PACKETS;
    const init: ListeningInit = {
      utterance: { ...DEFAULT_UTTERANCE_OPTIONS, ...options.utterance },
      modelPath: options.modelPath,
      queuePackets: this.#queuePackets,
      finishGraceMs: FINISH_GRACE_MS,
      windowsPerTick: WINDOWS_PER_TICK,
      tickBudgetMs: TICK_BUDGET_MS,
    };
    this.#child = new SupervisedChild({
      name: 'listening',
      entry: childEntry(import.meta.url, 'process/listening-child'),
      niceness: options.niceness ?? CHILD_NICENESS,
      clock: options.clock,
      log: options.log,
      metrics: options.metrics,
      scope: options.scope,
      startTimeoutMs: options.startTimeoutMs ?? 30_000,
      init,
      onEvent: (event) => this.#onHeard(event as ListeningReport), // Both ends are the same build.
      onLost: () => this.#onLost(),
      onReady: () => this.#onReady(),
    });
    options.scope.onClose(() => this.#endWait());
  }

  start(): Promise<void> {
    return this.#child.start();
  }

  status(): EngineStatus {
    return this.#child.status();
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  open(onEvent: (event: ListeningEvent) => void): ListeningStream {
    const id = this.#nextStream++;
    const stream: ClientStream = new ClientStream(id, this.#queuePackets, this.options.clock, onEvent, {
      awake: () => this.#awake,
      changed: () => {
        this.#dirty.add(stream);
        this.#schedule();
      },
      dropped: () => this.options.metrics.count('chorus_uplink_dropped_total'),
      closed: () => {
        this.#streams.delete(id);
        this.#dirty.delete(stream);
        // Without a process, nobody need be told, because a new process does not know this stream.
        if (!this.#awake) return;
        this.#closedStreams.push(id);
        this.#schedule();
      },
    });
    this.#streams.set(id, stream);
    return stream;
  }

  #onHeard({ events, stats }: ListeningReport): void {
    const { metrics } = this.options;
    if (stats.droppedPackets > 0) metrics.count('chorus_uplink_dropped_total', undefined, stats.droppedPackets);
    if (stats.opusErrors > 0) metrics.count('chorus_opus_errors_total', undefined, stats.opusErrors);
    if (stats.vadWindows > 0) metrics.count('chorus_vad_windows_total', undefined, stats.vadWindows);
    for (const { stream, event, packets } of events) this.#streams.get(stream)?.deliver(event, packets);
  }

  get #awake(): boolean {
    return this.#child.status().state === 'ready';
  }

  #onReady(): void {
    this.#endWait();
    if (this.#dirty.size > 0) this.#schedule();
  }

  #onLost(): void {
    this.#closedStreams = [];
    this.#lose(this.#tick);
  }

  #schedule(): void {
    if (!this.#awake) {
      this.#waitCheck ??= this.options.clock.after(this.#failed ? REFUSE_AFTER_MS : WAIT_CHECK_MS, () =>
        this.#checkWaiting(),
      );
      return;
    }
    if (this.#scheduled || this.#inFlight) return;
    this.#scheduled = true;
    const sinceMs = this.options.clock.nowMs() - this.#lastTickMs;
    this.options.clock.after(Math.max(0, this.#pace.tickMs - sinceMs), () => {
      this.#scheduled = false;
      // The process may have died meanwhile. The waiting packets then go to the next process.
      if (this.#awake) this.options.scope.fork('tick', () => this.#send());
      else this.#schedule();
    });
  }

  get #failed(): boolean {
    return this.#child.status().state === 'failed';
  }

  #checkWaiting(): void {
    this.#waitCheck = undefined;
    const sinceBeforeMs = this.#failed ? Infinity : this.options.clock.nowMs() - MAX_WAIT_MS;
    for (const stream of this.#streams.values()) stream.refuse(sinceBeforeMs);
    if ([...this.#streams.values()].some((stream) => stream.waiting)) this.#schedule();
  }

  #endWait(): void {
    this.#waitCheck?.cancel();
    this.#waitCheck = undefined;
  }

  /** Only one tick is unanswered at a time. Otherwise messages would pile up in the channel of a hanging process. */
  async #send(): Promise<void> {
    const tick = (this.#tick += 1);
    this.#inFlight = true;
    this.#lastTickMs = this.options.clock.nowMs();
    const controls: ControlOp[] = this.#closedStreams.map((stream) => ({ op: 'close', stream }));
    this.#closedStreams = [];
    this.#pace.sent(this.#dirty, this.#lastTickMs);
    for (const stream of this.#dirty) stream.take(tick, controls, this.#batch);
    this.#dirty.clear();
    try {
      await this.#child.call(
        { controls, ...this.#batch.take() },
        { predictedMs: PREDICTED_TICK_MS, retryOnCrash: false },
      );
    } catch (error) {
      if (!isCancelled(error)) this.#lose(tick);
    } finally {
      this.#inFlight = false;
      if (this.#dirty.size > 0 || this.#closedStreams.length > 0) this.#schedule();
    }
  }

  /**
   * The audio sent up to the tick `upToTick` is lost. If no other process starts at once, waiting turns are lost too.
   */
  #lose(upToTick: number): void {
    const unavailable = this.#failed;
    for (const stream of this.#streams.values()) {
      stream.lose(upToTick, unavailable);
      if (unavailable) stream.refuse(Infinity);
    }
  }
}
