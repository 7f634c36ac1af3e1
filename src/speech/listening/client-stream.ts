import { BoundedQueue, type Clock } from '../../core/index.js';
import { FRAME_MS } from '../../audio/format.js';
import type { ListeningEvent, ListeningStream, ListeningTurn } from './listening-port.js';
import type { ControlOp, PacketBatch } from './protocol.js';
import type { PacedStream } from './tick-pace.js';

/** A turn may wait 30 s for a process, so the queue has room for 30 s of packets of 60 ms, and for a burst. */
const WAITING_PACKETS = 550;
/**
 * Sent packets are kept in case the process dies. They cover the longest utterance of 60 s, plus 12 s of silence and
 * delay.
 */
const KEPT_PACKETS = 1_200;
/** Kept silence is dropped in steps. A step is 15 whole detector windows, so a new process uses the same windows. */
const STEP_PACKETS = 8;

export interface StreamHooks {
  /** True if a process is ready to receive audio. */
  awake(): boolean;
  changed(): void;
  dropped(): void;
  closed(): void;
}

interface QueuedPacket {
  readonly packet: Uint8Array;
  readonly reference: boolean;
}

interface OpenTurn {
  readonly turn: ListeningTurn;
  /** Sent packets for a possible second analysis by another process. Packets sent during a reply are not kept. */
  readonly kept: BoundedQueue<QueuedPacket>;
  waitsSinceMs: number;
  sentTick: number | undefined;
  /** Counts microphone packets only. */
  sentPackets: number;
  /**
   * True if the process that analysed the previous turn continues with this turn. That process already has the kept
   * packets.
   */
  continues: boolean;
  started: boolean;
  /** True once a process has been told of the turn. */
  heard: boolean;
  finishing: boolean;
  /**
   * True if a second process may analyse the turn again. All of its speech must be in `kept`, so none may come from the
   * time of a reply.
   */
  repeatable: boolean;
}

/** One device's stream in the main process. Collects packets and control messages for the next tick. */
export class ClientStream implements ListeningStream, PacedStream {
  #turn: OpenTurn | undefined;
  /** Packets sent after the end of the previous turn. Set only while that end is being reported. */
  #rest: Pick<OpenTurn, 'kept' | 'sentPackets'> | undefined;
  #controls: ControlOp[] = [];
  #playing = false;
  #closed = false;
  readonly #packets: BoundedQueue<QueuedPacket>;
  /** True while the queue contains packets that waited for a process. The queue may then exceed its usual bound. */
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

  get waiting(): boolean {
    return this.#turn !== undefined && this.#turn.sentTick === undefined;
  }

  get answersEarly(): boolean {
    return this.#turn?.turn.answersEarly === true;
  }

  push(packet: Uint8Array): void {
    if (this.#turn) this.#add(packet, false);
  }

  reference(packet: Uint8Array): void {
    if (this.#playing) this.#add(packet, true);
  }

  begin(turn: ListeningTurn): void {
    const rest = turn.mode === 'manual' ? undefined : this.#rest;
    this.#rest = undefined;
    if (rest) this.#controls = this.#controls.filter(ofPlayback);
    else this.#dropTurn();
    const { kept, sentPackets } = rest ?? { kept: keptQueue(), sentPackets: 0 };
    this.#wait({
      turn,
      kept,
      waitsSinceMs: 0,
      sentTick: undefined,
      sentPackets,
      continues: rest !== undefined,
      started: false,
      heard: false,
      finishing: false,
      repeatable: true,
    });
  }

  requireSilence(turnId: number, silenceMs: number): void {
    if (this.#turn?.turn.turnId !== turnId) return;
    this.#controls = this.#controls.filter(({ op }) => op !== 'require_silence');
    this.#control({ op: 'require_silence', stream: this.id, turnId, silenceMs });
  }

  finish(turnId: number): void {
    if (this.#turn?.turn.turnId !== turnId || this.#turn.finishing) return;
    this.#turn.finishing = true;
    this.#control({ op: 'finish', stream: this.id, turnId });
  }

  end(): void {
    if (!this.#turn) return;
    this.#dropTurn();
    this.#control({ op: 'end', stream: this.id });
  }

  playbackStarted(): void {
    this.#playing = true;
    const open = this.#turn;
    if (open?.started) open.repeatable = false;
    else if (open?.repeatable) open.kept.drain();
    this.#controls = this.#controls.filter((control) => !ofPlayback(control));
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

  take(tick: number, controls: ControlOp[], batch: PacketBatch): void {
    const continues = this.#turn?.continues ?? false;
    const again = this.waiting && !continues ? (this.#turn?.kept.drain() ?? []) : [];
    if (this.#turn) {
      this.#turn.sentTick ??= tick;
      this.#turn.heard = true;
    }
    const waitingPackets = again.length + (this.#waited ? this.#packets.size : 0);
    this.#waited = false;
    controls.push(
      ...this.#controls.map((control) =>
        control.op === 'begin' ? { ...control, waitingPackets, continues } : control,
      ),
    );
    this.#controls = [];
    for (const queued of [...again, ...this.#packets.drain()]) {
      batch.add(this.id, queued.reference, queued.packet);
      if (!queued.reference) this.#keep(queued);
    }
  }

  /** `packets` is the number of the turn's packets that the process had analysed before the event. */
  deliver(event: ListeningEvent, packets: number): void {
    const open = this.#turn;
    if (open?.turn.turnId !== event.turnId) return;
    if (event.type === 'still_silent') this.#forget(open, event.atMs);
    if (event.type === 'speech_started') this.#started(open, event.atMs);
    if (this.#playing && event.type !== 'still_silent') open.repeatable = false;
    if (event.type === 'utterance_ended') {
      this.#turn = undefined;
      if (open.turn.mode !== 'manual' && event.reason !== 'stopped') this.#rest = restOf(open, packets);
    }
    this.onEvent(event);
    this.#rest = undefined;
  }

  /**
   * Call this when the process died. Everything sent up to the tick `upToTick` is lost. The next process may analyse
   * the turn again, but only once, because the audio itself may kill processes. Speech over a reply is not repeated,
   * because echo detection needs all audio that was played.
   */
  lose(upToTick: number, unavailable: boolean): void {
    if (this.#closed) return;
    const open = this.#turn;
    if (open?.continues) {
      open.continues = false;
      open.sentPackets = 0;
    }
    if (open?.sentTick !== undefined && open.sentTick <= upToTick) {
      if (open.repeatable && !this.#playing && !unavailable) this.#repeat(open);
      else this.#end(open, unavailable);
    }
    // Tells the next process that a reply is being played.
    if (this.#playing && !this.#controls.some(({ op }) => op === 'playback_started'))
      this.#control({ op: 'playback_started', stream: this.id });
  }

  /** Reports the open turn as lost if its wait for a process began before `sinceBeforeMs`. */
  refuse(sinceBeforeMs: number): void {
    if (this.#turn && this.waiting && this.#turn.waitsSinceMs < sinceBeforeMs) this.#end(this.#turn, true);
  }

  #wait(open: OpenTurn): void {
    const { turnId, mode, endpointSilenceMs, pieceSilenceMs, live } = open.turn;
    open.waitsSinceMs = this.clock.nowMs();
    this.#turn = open;
    this.#control({
      op: 'begin',
      stream: this.id,
      turnId,
      mode,
      endpointSilenceMs,
      waitingPackets: 0,
      continues: false,
      ...(pieceSilenceMs !== undefined && { pieceSilenceMs }),
      ...(live === true && { live }),
    });
  }

  #repeat(open: OpenTurn): void {
    open.repeatable = false;
    open.sentTick = undefined;
    open.sentPackets = 0;
    this.#controls = this.#controls.filter(ofPlayback);
    this.#wait(open);
    if (open.finishing) this.#control({ op: 'finish', stream: this.id, turnId: open.turn.turnId });
  }

  /**
   * Speech over a reply may be detected after the reply. If `kept` therefore lacks its beginning, the turn is not
   * repeated.
   */
  #started(open: OpenTurn, atMs: number): void {
    open.started = true;
    if (atMs < (open.sentPackets - open.kept.size) * FRAME_MS) open.repeatable = false;
  }

  #keep(queued: QueuedPacket): void {
    const open = this.#turn;
    if (!open) return;
    open.sentPackets += 1;
    if (open.repeatable && !this.#playing && !open.kept.push(queued)) open.repeatable = false;
  }

  /** Drops silent packets up to `silentMs`. The last step stays, because new speech needs a pre-roll of 200 ms. */
  #forget({ kept, sentPackets }: OpenTurn, silentMs: number): void {
    const steps = Math.floor(silentMs / FRAME_MS / STEP_PACKETS) - 1;
    // With packets longer than 60 ms, the difference could be negative.
    const keep = Math.max(STEP_PACKETS, sentPackets - steps * STEP_PACKETS);
    while (kept.size > keep) kept.shift();
  }

  #end({ turn, heard, started }: OpenTurn, unavailable: boolean): void {
    this.#dropTurn();
    const silent = unavailable && heard && !started;
    const { turnId } = turn;
    this.onEvent({ type: 'lost', turnId, ...(unavailable && { unavailable }), ...(silent && { silent }) });
  }

  /** Packets of the reply stay queued as the reference for echo detection. */
  #dropTurn(): void {
    this.#turn = undefined;
    this.#controls = this.#controls.filter(ofPlayback);
    for (const queued of this.#packets.drain()) if (queued.reference) this.#packets.push(queued);
  }

  #add(packet: Uint8Array, reference: boolean): void {
    if (this.#closed) return;
    this.#waited ||= !this.hooks.awake();
    const full = this.#packets.size >= (this.#waited ? this.#packets.capacity : this.queuePackets);
    if (full && this.#packets.shift()?.reference === false) {
      this.hooks.dropped();
      // A turn that lacks a packet must not be analysed again as if it were complete.
      if (this.#turn) this.#turn.repeatable = false;
    }
    // The caller's buffer is valid only during the call. `slice` would not copy a Buffer.
    this.#packets.push({ packet: new Uint8Array(packet), reference });
    this.hooks.changed();
  }

  #control(control: ControlOp): void {
    if (this.#closed) return;
    this.#controls.push(control);
    this.hooks.changed();
  }
}

/**
 * Returns the packets after the first `packets`. The packet before them is included, because the utterance may have
 * ended in it. Returns no packets if one of them is missing, or if the turn must not be repeated.
 */
function restOf({ kept, sentPackets, repeatable }: OpenTurn, packets: number): Pick<OpenTurn, 'kept' | 'sentPackets'> {
  const rest = Math.max(0, sentPackets - packets);
  if (!repeatable || kept.size < rest) return { kept: keptQueue(), sentPackets: rest };
  while (kept.size > rest + 1) kept.shift();
  return { kept, sentPackets: rest };
}

function keptQueue(): BoundedQueue<QueuedPacket> {
  return new BoundedQueue(KEPT_PACKETS, 'dropOldest');
}

function ofPlayback({ op }: ControlOp): boolean {
  return op === 'playback_started' || op === 'playback_stopped';
}
