import { BoundedQueue, type Clock } from '../../core/index.js';
import type { ListeningEvent, ListeningStream, ListeningTurn } from './port.js';
import type { ControlOp, PacketBatch } from './wire.js';

/** So many 60 ms packets come in the 30 s that a turn may wait for a process, with room for a burst: nothing of it is dropped. */
const WAITING_PACKETS = 550;

export interface StreamHooks {
  /** Whether there is a process that hears. */
  awake(): boolean;
  changed(): void;
  dropped(): void;
  closed(): void;
}

interface OpenTurn {
  readonly turn: ListeningTurn;
  readonly beganMs: number;
  /** The tick that carried it; undefined: it still waits here. */
  sentTick: number | undefined;
}

/** The main process's end of one stream: what is to be sent with the next tick. */
export class ClientStream implements ListeningStream {
  #turn: OpenTurn | undefined;
  #controls: ControlOp[] = [];
  #playing = false;
  #closed = false;
  readonly #packets: BoundedQueue<{ readonly packet: Uint8Array; readonly reference: boolean }>;
  /** Some of what is queued waited for a process: the larger bound holds until it was sent. */
  #waited = false;

  constructor(
    private readonly id: number,
    private readonly queuePackets: number,
    private readonly clock: Clock,
    private readonly onEvent: (event: ListeningEvent) => void,
    private readonly hooks: StreamHooks,
  ) {
    this.#packets = new BoundedQueue(Math.max(queuePackets, WAITING_PACKETS), 'dropOldest');
  }

  /** There is a turn that no process knows of yet. */
  get waiting(): boolean {
    return this.#turn !== undefined && this.#turn.sentTick === undefined;
  }

  push(packet: Uint8Array): void {
    if (this.#turn) this.#add(packet, false);
  }

  reference(packet: Uint8Array): void {
    if (this.#playing) this.#add(packet, true);
  }

  begin(turn: ListeningTurn): void {
    this.#dropTurn();
    this.#turn = { turn, beganMs: this.clock.nowMs(), sentTick: undefined };
    this.#control({ op: 'begin', stream: this.id, turnId: turn.turnId, mode: turn.mode, endpointSilenceMs: turn.endpointSilenceMs, waitingPackets: 0 });
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
    const waitingPackets = this.#waited ? this.#packets.size : 0;
    this.#waited = false;
    controls.push(...this.#controls.map((control) => (control.op === 'begin' ? { ...control, waitingPackets } : control)));
    this.#controls = [];
    for (const { packet, reference } of this.#packets.drain()) batch.add(this.id, reference, packet);
  }

  deliver(event: ListeningEvent): void {
    if (this.#turn?.turn.turnId !== event.turnId) return;
    if (event.type === 'utterance_ended') this.#turn = undefined;
    this.onEvent(event);
  }

  /** The process is gone, and with it what it was sent up to that tick. */
  lose(upToTick: number, unavailable: boolean): void {
    if (this.#closed) return;
    const open = this.#turn;
    if (open?.sentTick !== undefined && open.sentTick <= upToTick) this.#end(open.turn.turnId, unavailable);
    // The next process has to know that a reply is being played.
    if (this.#playing && !this.#controls.some(({ op }) => op === 'playback_started')) this.#control({ op: 'playback_started', stream: this.id });
  }

  /** Nobody will hear a turn that has waited since before that moment. */
  refuse(beganBeforeMs: number): void {
    if (this.#turn && this.waiting && this.#turn.beganMs < beganBeforeMs) this.#end(this.#turn.turn.turnId, true);
  }

  #end(turnId: number, unavailable: boolean): void {
    this.#dropTurn();
    this.onEvent({ type: 'lost', turnId, ...(unavailable && { unavailable }) });
  }

  /** Audio and orders of the turn that was open do not matter any more; references do. */
  #dropTurn(): void {
    this.#turn = undefined;
    this.#controls = this.#controls.filter(({ op }) => op === 'playback_started' || op === 'playback_stopped');
    for (const queued of this.#packets.drain()) if (queued.reference) this.#packets.push(queued);
  }

  #add(packet: Uint8Array, reference: boolean): void {
    if (this.#closed) return;
    this.#waited ||= !this.hooks.awake();
    const full = this.#packets.size >= (this.#waited ? this.#packets.capacity : this.queuePackets);
    if (full) {
      this.#packets.shift();
      this.hooks.dropped();
    }
    // The caller's buffer is only valid during the call (and `slice` of a Buffer does not copy).
    this.#packets.push({ packet: new Uint8Array(packet), reference });
    this.hooks.changed();
  }

  #control(control: ControlOp): void {
    if (this.#closed) return;
    this.#controls.push(control);
    this.hooks.changed();
  }
}
