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
  /** The listening process ends with this scope. */
  readonly scope: Scope;
  /** Overrides of {@link DEFAULT_UTTERANCE_OPTIONS}. */
  readonly utterance?: Partial<UtteranceOptions>;
  /** Path of the VAD model; default: the one in its npm package. */
  readonly modelPath?: string;
  /**
   * Packets kept for a device while the process is behind; beyond it the oldest are dropped and counted. Default 400.
   */
  readonly queuePackets?: number;
  /** Default: {@link CHILD_NICENESS}. */
  readonly niceness?: number;
  /** Time from the start of the process to the first inference; default 30 s. */
  readonly startTimeoutMs?: number;
}

/**
 * Holds what a device may send at once: 20 s in packets of 60 ms. The firmware sends 40 packets (docs/protocol.md,
 * checklist 42), but a client on a computer sends all that its network held back, in packets of 20 ms.
 */
const DEFAULT_QUEUE_PACKETS = 400;
/** Longest wait of a turn for a starting process: as long as its text may take (recognizer.ts). */
const MAX_WAIT_MS = 30_000;
const WAIT_CHECK_MS = 1000;
/** Wait for frames that were on their way when push-to-talk ended (docs/protocol.md, checklist 38). */
const FINISH_GRACE_MS = 200;
/** Limits of the work before the process reads its messages again: windows of each device, and time. */
const WINDOWS_PER_TICK = 8;
const TICK_BUDGET_MS = 20;
/** If the process has failed for good, waiting turns are lost after this time. */
const REFUSE_AFTER_MS = 20;
/** Predicted time until the process acknowledges a tick, which it does before the tick's work. */
const PREDICTED_TICK_MS = 20;

/** Listening, and its process. */
export interface ListeningService extends Listening {
  /**
   * Starts the process. Rejects with `model.corrupt`, or `engine.failed` if it does not start; starting is retried all
   * the same.
   */
  start(): Promise<void>;
  status(): EngineStatus;
  close(): Promise<void>;
}

/**
 * Creates the listeners of all devices. Audio sent before the process is ready waits at most 30 s for it. After that,
 * or if the process has failed, the stream's listener gets the event `lost` with `unavailable`.
 */
export function createListening(options: ListeningOptions): ListeningService {
  return new ListeningClient(options);
}

class ListeningClient implements ListeningService {
  readonly #child: SupervisedChild;
  readonly #streams = new Map<number, ClientStream>();
  readonly #batch = new PacketBatch();
  /** Streams with something to send. */
  readonly #dirty = new Set<ClientStream>();
  readonly #pace = new TickPace();
  #closedStreams: number[] = [];
  #nextStream = 1;
  readonly #queuePackets: number;
  #tick = 0;
  #scheduled = false;
  #inFlight = false;
  #lastTickMs = -Infinity;
  /** Runs while turns wait for a process. */
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
        // A new process knows no streams.
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
      // The process may have died meanwhile; waiting packets go to the next one.
      if (this.#awake) this.options.scope.fork('tick', () => this.#send());
      else this.#schedule();
    });
  }

  get #failed(): boolean {
    return this.#child.status().state === 'failed';
  }

  /** Turns wait for the process, but not for ever. */
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

  /** Sends one tick at a time, so that nothing piles up in the channel of a process that hangs. */
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

  /** Audio sent up to that tick was lost with the process. If no other process starts at once, waiting turns fail. */
  #lose(upToTick: number): void {
    const unavailable = this.#failed;
    for (const stream of this.#streams.values()) {
      stream.lose(upToTick, unavailable);
      if (unavailable) stream.refuse(Infinity);
    }
  }
}
