import { BoundedQueue, type Clock, type Logger, type Metrics, type Scope, isCancelled } from '../../core/index.js';
import { type EngineStatus, SupervisedChild, childEntry } from '../engines/index.js';
import type { Listening, ListeningEvent, ListeningStream, ListeningTurn } from './port.js';
import { DEFAULT_UTTERANCE_OPTIONS, type UtteranceOptions } from './utterance-options.js';
import { type ControlOp, type Heard, type ListeningInit, PacketBatch } from './wire.js';

export interface ListeningOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The listening process dies with it. */
  readonly scope: Scope;
  /** Overrides of {@link DEFAULT_UTTERANCE_OPTIONS}. */
  readonly utterance?: Partial<UtteranceOptions>;
  /** Path of the VAD model; default: the one in its npm package. */
  readonly modelPath?: string;
  /** Packets kept for a device that come faster than they are heard; beyond it the oldest are dropped and counted. Default 100 (6 s). */
  readonly queuePackets?: number;
  /** Default 10. */
  readonly niceness?: number;
  /** Default 30 s: from the start of the process to the first inference. */
  readonly startTimeoutMs?: number;
}

/** Over twice the largest burst (40, checklist 42). */
const DEFAULT_QUEUE_PACKETS = 100;
/** Wait for frames that were on their way when push-to-talk ended (checklist 38). */
const FINISH_GRACE_MS = 200;
/** Windows a device, and time, that rounds may take before the process looks at its messages again. */
const WINDOWS_PER_TICK = 8;
const TICK_BUDGET_MS = 20;
/** Packets are sent to the process at most this often: one message a tick, not one a packet. */
const TICK_MS = 10;
/** A tick is acknowledged when it was taken over, so that this is the time to take over one. */
const PREDICTED_TICK_MS = 20;

/** Listening, and the process behind it. */
export interface ListeningService extends Listening {
  status(): EngineStatus;
  close(): Promise<void>;
}

/** Starts the listening process. Rejects with `model.corrupt`, or `engine.failed` when it does not come up. */
export async function createListening(options: ListeningOptions): Promise<ListeningService> {
  const client = new ListeningClient(options);
  await client.start();
  return client;
}

class ListeningClient implements ListeningService {
  readonly #child: SupervisedChild;
  readonly #streams = new Map<number, ClientStream>();
  readonly #batch = new PacketBatch();
  /** Streams with something to send. */
  readonly #dirty = new Set<ClientStream>();
  #closedStreams: number[] = [];
  #nextStream = 1;
  readonly #queuePackets: number;
  #tick = 0;
  #scheduled = false;
  #inFlight = false;
  #lastTickMs = -Infinity;

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
      entry: childEntry(import.meta.url, 'listening-child'),
      niceness: options.niceness ?? 10,
      clock: options.clock,
      log: options.log,
      metrics: options.metrics,
      scope: options.scope,
      startTimeoutMs: options.startTimeoutMs ?? 30_000,
      init,
      onEvent: (event) => this.#onHeard(event as Heard), // Both ends are the same build.
      onLost: () => this.#lose(this.#tick),
    });
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
    const stream: ClientStream = new ClientStream(id, this.#queuePackets, onEvent, {
      changed: () => {
        this.#dirty.add(stream);
        this.#schedule();
      },
      dropped: () => this.options.metrics.count('chorus_uplink_dropped_total'),
      closed: () => {
        this.#streams.delete(id);
        this.#dirty.delete(stream);
        this.#closedStreams.push(id);
        this.#schedule();
      },
    });
    this.#streams.set(id, stream);
    return stream;
  }

  #onHeard({ events, stats }: Heard): void {
    const { metrics } = this.options;
    if (stats.droppedPackets > 0) metrics.count('chorus_uplink_dropped_total', undefined, stats.droppedPackets);
    if (stats.opusErrors > 0) metrics.count('chorus_opus_errors_total', undefined, stats.opusErrors);
    if (stats.vadWindows > 0) metrics.count('chorus_vad_windows_total', undefined, stats.vadWindows);
    for (const { stream, event } of events) this.#streams.get(stream)?.deliver(event);
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight) return;
    this.#scheduled = true;
    const sinceMs = this.options.clock.nowMs() - this.#lastTickMs;
    this.options.clock.after(Math.max(0, TICK_MS - sinceMs), () => {
      this.#scheduled = false;
      this.options.scope.fork('tick', () => this.#send());
    });
  }

  /** One tick at a time is on its way: a process that does not take it over is hung, and nothing piles up in its channel. */
  async #send(): Promise<void> {
    const tick = (this.#tick += 1);
    this.#inFlight = true;
    this.#lastTickMs = this.options.clock.nowMs();
    const controls: ControlOp[] = this.#closedStreams.map((stream) => ({ op: 'close', stream }));
    this.#closedStreams = [];
    for (const stream of this.#dirty) stream.take(tick, controls, this.#batch);
    this.#dirty.clear();
    try {
      await this.#child.call({ controls, ...this.#batch.take() }, { predictedMs: PREDICTED_TICK_MS, retryOnCrash: false });
    } catch (error) {
      if (!isCancelled(error)) this.#lose(tick);
    } finally {
      this.#inFlight = false;
      if (this.#dirty.size > 0 || this.#closedStreams.length > 0) this.#schedule();
    }
  }

  /** What was sent up to that tick is lost with the process. */
  #lose(upToTick: number): void {
    for (const stream of this.#streams.values()) stream.lose(upToTick);
  }
}

interface StreamHooks {
  changed(): void;
  dropped(): void;
  closed(): void;
}

interface OpenTurn {
  readonly turn: ListeningTurn;
  /** The tick that carried it; undefined: it still waits here. */
  sentTick: number | undefined;
}

/** The main process's end of one stream: what is to be sent with the next tick. */
class ClientStream implements ListeningStream {
  #turn: OpenTurn | undefined;
  #controls: ControlOp[] = [];
  #playing = false;
  #closed = false;
  readonly #packets: BoundedQueue<{ readonly packet: Uint8Array; readonly reference: boolean }>;

  constructor(
    private readonly id: number,
    queuePackets: number,
    private readonly onEvent: (event: ListeningEvent) => void,
    private readonly hooks: StreamHooks,
  ) {
    this.#packets = new BoundedQueue(queuePackets, 'dropOldest');
  }

  push(packet: Uint8Array): void {
    if (this.#turn) this.#add(packet, false);
  }

  reference(packet: Uint8Array): void {
    if (this.#playing) this.#add(packet, true);
  }

  begin(turn: ListeningTurn): void {
    this.#dropTurn();
    this.#turn = { turn, sentTick: undefined };
    this.#control({ op: 'begin', stream: this.id, turnId: turn.turnId, mode: turn.mode, endpointSilenceMs: turn.endpointSilenceMs });
  }

  requireSilence(turnId: number, silenceMs: number): void {
    if (this.#turn?.turn.turnId !== turnId) return;
    this.#controls = this.#controls.filter(({ op }) => op !== 'require_silence');
    this.#control({ op: 'require_silence', stream: this.id, turnId, silenceMs });
  }

  finish(turnId: number): void {
    if (this.#turn?.turn.turnId !== turnId || this.#controls.some(({ op }) => op === 'finish')) return;
    this.#control({ op: 'finish', stream: this.id, turnId });
  }

  end(): void {
    if (!this.#turn) return;
    this.#dropTurn();
    this.#control({ op: 'end', stream: this.id });
  }

  playbackStarted(): void {
    this.#playing = true;
    this.#controls = this.#controls.filter(({ op }) => op !== 'playback_started' && op !== 'playback_stopped');
    this.#control({ op: 'playback_started', stream: this.id });
  }

  playbackStopped(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#controls = this.#controls.filter(({ op }) => op !== 'playback_stopped');
    this.#control({ op: 'playback_stopped', stream: this.id });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#turn = undefined;
    this.#playing = false;
    this.hooks.closed();
  }

  /** Moves what waits into a tick. */
  take(tick: number, controls: ControlOp[], batch: PacketBatch): void {
    if (this.#turn) this.#turn.sentTick ??= tick;
    controls.push(...this.#controls);
    this.#controls = [];
    for (const { packet, reference } of this.#packets.drain()) batch.add(this.id, reference, packet);
  }

  deliver(event: ListeningEvent): void {
    if (this.#turn?.turn.turnId !== event.turnId) return;
    if (event.type === 'utterance_ended') this.#turn = undefined;
    this.onEvent(event);
  }

  lose(upToTick: number): void {
    if (this.#closed) return;
    const open = this.#turn;
    if (open?.sentTick !== undefined && open.sentTick <= upToTick) {
      this.#dropTurn();
      this.onEvent({ type: 'lost', turnId: open.turn.turnId });
    }
    // The next process has to know that a reply is being played.
    if (this.#playing && !this.#controls.some(({ op }) => op === 'playback_started')) this.#control({ op: 'playback_started', stream: this.id });
  }

  /** Audio and orders of the turn that was open do not matter any more; references do. */
  #dropTurn(): void {
    this.#turn = undefined;
    this.#controls = this.#controls.filter(({ op }) => op === 'playback_started' || op === 'playback_stopped');
    for (const queued of this.#packets.drain()) if (queued.reference) this.#packets.push(queued);
  }

  #add(packet: Uint8Array, reference: boolean): void {
    if (this.#closed) return;
    // The caller's buffer is only valid during the call (and `slice` of a Buffer does not copy).
    if (!this.#packets.push({ packet: new Uint8Array(packet), reference })) this.hooks.dropped();
    this.hooks.changed();
  }

  #control(control: ControlOp): void {
    if (this.#closed) return;
    this.#controls.push(control);
    this.hooks.changed();
  }
}
