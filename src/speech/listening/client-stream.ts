import { BoundedQueue, type Clock } from '../../core/index.js';
import { FRAME_MS } from '../../audio/format.js';
import type { ListeningEvent, ListeningStream, ListeningTurn } from './listening-port.js';
import type { ControlOp, PacketBatch } from './protocol.js';

/**
 * Number of packets that a stream may queue. A turn may wait 30 s for a process. The queue holds all 60 ms packets of
 * that time and a burst, so none is dropped.
 */
const WAITING_PACKETS = 550;
/**
 * Maximum number of sent packets that are kept in case the process dies. They cover the longest utterance (60 s), and
 * 12 s for the silence before it and the delay of the process.
 */
const KEPT_PACKETS = 1_200;
/**
 * Kept silence is dropped in steps of 480 ms, which are 15 windows of the speech detector. A new process then divides
 * the audio into the same windows.
 */
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
  /**
   * Sent packets, kept because the next process may have to analyse them again. They begin shortly before the first
   * word. Packets sent during a reply are not kept.
   */
  readonly kept: BoundedQueue<QueuedPacket>;
  waitsSinceMs: number;
  /** The tick in which the packet was sent. Undefined: the packet is still queued here. */
  sentTick: number | undefined;
  /** Number of the turn's microphone packets that were sent to the process. */
  sentPackets: number;
  /**
   * True if the turn continues in the process that analysed the previous turn, and the process has all kept packets.
   */
  continues: boolean;
  /** True once speech was detected. */
  started: boolean;
  /** True if a process has received audio of the turn, even if that process has died since. */
  heard: boolean;
  finishing: boolean;
  /**
   * True if the turn may be analysed again in another process: the turn is still in its first process, all of its
   * speech is in `kept`, and no reply was played.
   */
  repeatable: boolean;
}

/** One device's stream, as the main process sees it. It collects packets and control messages for the next tick. */
export class ClientStream implements ListeningStream {
  #turn: OpenTurn | undefined;
  /**
   * The packets sent after the end of the turn whose end is being reported. The next turn takes them if it continues
   * from there.
   */
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

  /** True if no packet of the open turn has been sent to a process yet. */
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

  /** Moves the waiting packets and control messages into a tick. */
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

  /** Passes an event on. `packets`: number of the turn's packets that had been processed when the event happened. */
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
   * Call it when the process died. Everything sent up to the tick `upToTick` is lost. The next process analyses the
   * turn again, but only once: audio that kills a process must not kill a third one. Speech over a reply is not
   * analysed again, because echo detection needs all audio that was played.
   */
  lose(upToTick: number, unavailable: boolean): void {
    if (this.#closed) return;
    const open = this.#turn;
    if (open?.continues) {
      // The turn was to continue in the process that has died, so the packets sent to that process are lost.
      open.continues = false;
      open.sentPackets = 0;
    }
    if (open?.sentTick !== undefined && open.sentTick <= upToTick) {
      if (open.repeatable && !this.#playing && !unavailable) this.#repeat(open);
      else this.#end(open, unavailable);
    }
    // A reply is being played, which the next process does not know.
    if (this.#playing && !this.#controls.some(({ op }) => op === 'playback_started'))
      this.#control({ op: 'playback_started', stream: this.id });
  }

  /** Reports the open turn as lost if it has been waiting since before `sinceBeforeMs`. */
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
   * Notes that speech was detected. If it began over a reply, this may be detected only after the reply. Its beginning
   * was then not kept, so the turn cannot be analysed again.
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

  /**
   * Drops kept audio that is silent: all audio up to `silentMs` is. New speech begins at most the pre-roll (200 ms)
   * earlier.
   */
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

  /** Drops audio and control messages of the open turn. Reference packets (those of the reply) stay queued. */
  #dropTurn(): void {
    this.#turn = undefined;
    this.#controls = this.#controls.filter(ofPlayback);
    for (const queued of this.#packets.drain()) if (queued.reference) this.#packets.push(queued);
  }

  #add(packet: Uint8Array, reference: boolean): void {
    if (this.#closed) return;
    this.#waited ||= !this.hooks.awake();
    const full = this.#packets.size >= (this.#waited ? this.#packets.capacity : this.queuePackets);
    if (full) {
      this.#packets.shift();
      this.hooks.dropped();
      // An utterance with a gap must not be answered as if it were complete.
      if (this.#turn) this.#turn.repeatable = false;
    }
    // Copies the packet, because the caller's buffer is only valid during the call (and `slice` of a Buffer does not
    // copy).
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
 * Returns the packets of the turn after the first `packets`, and the packet before them, because the utterance may have
 * ended within that one. Returns no packets if some of these are missing.
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
