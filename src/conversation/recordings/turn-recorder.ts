import { FRAME_MS, type TimedPacket } from '../../audio/index.js';
import { opusDurationMs } from '../../device/protocol/index.js';
import type { Listening, ListeningEvent, ListeningStream } from '../../speech/listening/listening-port.js';
import type { HeardReply, ReplyEvent, Speaking, SpokenReply } from '../../speech/speaking/speaking-port.js';

/** Opus packets of both sides of a turn, as received and as sent. */
export interface TurnAudio {
  /** Packets that the device sent during the utterance and in the moment before. */
  readonly heard: readonly TimedPacket[];
  /** Packets that were sent to the device, up to the last packet played. */
  readonly said: readonly TimedPacket[];
}

/** Length of the audio that is kept from before the first word. */
const PRE_ROLL_MS = 500;
/** Length of the recent audio in memory. Speech over a reply may be detected 2 s late, and its pre-roll is needed. */
const RECENT_MS = 3000;
/** Limit of one side, almost three minutes at 24 kbit/s. The rest is not kept. */
const MAX_BYTES = 512 * 1024;
/** Maximum number of utterances that wait for the end of their turn. A second utterance may begin meanwhile. */
const MAX_WAITING = 4;
/** A frame of 60 ms of silence (SILK, no data). It replaces an empty packet, which Ogg Opus does not allow. */
const SILENT_PACKET = Uint8Array.of(0x18);

/**
 * Collects the packets of both sides of a session's turns. Packets from the device are copied, because their buffer is
 * reused.
 */
export class TurnRecorder {
  readonly #heard = new HeardPackets();
  #said = new SaidPackets();
  /** True while the failure of a reply is reported. A reply that begins meanwhile belongs to the same turn. */
  #failing = false;

  hears(listening: Listening): Listening {
    return {
      open: (onEvent) => {
        const stream = listening.open((event) => {
          this.#heard.event(event);
          onEvent(event);
          this.#heard.reported();
        });
        return this.#recorded(stream);
      },
    };
  }

  speaks(speaking: Speaking): Speaking {
    return {
      speaks: (request) => speaking.speaks(request),
      takesPieces: (request) => speaking.takesPieces(request),
      takesGuesses: (request) => speaking.takesGuesses(request),
      reply: (options, onEvent) => {
        const said = this.#failing ? this.#said : new SaidPackets();
        this.#said = said;
        said.next();
        const sink = {
          ...options.sink,
          sendPacket: (packet: Uint8Array, timestampMs: number): void => {
            options.sink.sendPacket(packet, timestampMs);
            said.add(packet);
          },
        };
        return recordedReply(
          speaking.reply({ ...options, sink }, (event) => this.#onEvent(event, onEvent)),
          said,
        );
      },
    };
  }

  /** `heard` has the ids of the listening turns in the turn. If `spoken` is true, takes the server's side too. */
  take(heard: readonly number[], spoken: boolean): TurnAudio {
    const said = spoken ? this.#said.packets : [];
    if (spoken) this.#said = new SaidPackets();
    return { heard: this.#heard.take(heard), said };
  }

  #recorded(stream: ListeningStream): ListeningStream {
    return {
      push: (packet) => {
        this.#heard.push(packet);
        stream.push(packet);
      },
      begin: (turn) => {
        this.#heard.begin(turn.turnId, turn.mode === 'manual');
        stream.begin(turn);
      },
      end: () => {
        this.#heard.end();
        stream.end();
      },
      close: () => {
        this.#heard.end();
        stream.close();
      },
      requireSilence: (turnId, silenceMs) => stream.requireSilence(turnId, silenceMs),
      finish: (turnId) => stream.finish(turnId),
      playbackStarted: () => stream.playbackStarted(),
      reference: (packet) => stream.reference(packet),
      playbackStopped: () => stream.playbackStopped(),
    };
  }

  #onEvent(event: ReplyEvent, onEvent: (event: ReplyEvent) => void): void {
    this.#failing = event.type === 'failed';
    try {
      onEvent(event);
    } finally {
      this.#failing = false;
    }
  }
}

function recordedReply(reply: SpokenReply, said: SaidPackets): SpokenReply {
  return {
    begin: (notBeforeMs, wantedMs) => reply.begin(notBeforeMs, wantedMs),
    say: (text, speech) => reply.say(text, speech),
    sayRecorded: (title, packets) => reply.sayRecorded(title, packets),
    write: (piece, last) => reply.write(piece, last),
    sayIfQuiet: (text) => reply.sayIfQuiet(text),
    ready: () => reply.ready(),
    play: (sounds) => {
      said.close();
      reply.play(sounds);
    },
    end: () => reply.end(),
    hold: () => reply.hold(),
    resume: () => reply.resume(),
    stop: (): HeardReply => {
      const heard = reply.stop();
      said.cut(heard.playedMs);
      return heard;
    },
  };
}

class SaidPackets {
  #packets: TimedPacket[] = [];
  #bytes = 0;
  #before = 0;
  #closed = false;

  get packets(): readonly TimedPacket[] {
    return this.#packets;
  }

  /** Call this when a reply begins. It may be the second reply of a turn, because the voice of the first has failed. */
  next(): void {
    this.#before = this.#packets.length;
  }

  add(packet: Uint8Array): void {
    this.#bytes += packet.byteLength;
    if (!this.#closed && this.#bytes <= MAX_BYTES)
      this.#packets.push({ bytes: packet, ms: opusDurationMs(packet) ?? FRAME_MS });
  }

  /** Call this before music. Music is long, and not part of the conversation. */
  close(): void {
    this.#closed = true;
  }

  cut(playedMs: number): void {
    let ms = 0;
    const end = this.#packets.findIndex((packet, index) => {
      if (index < this.#before) return false;
      ms += packet.ms;
      return ms - packet.ms >= playedMs;
    });
    if (end !== -1) this.#packets.length = end;
  }
}

/** `endMs` is the position of the packet's end in the audio received in this session. */
interface ReceivedPacket extends TimedPacket {
  readonly endMs: number;
}

interface OpenTurn {
  readonly turnId: number;
  /** Position in the audio received in this session at which the turn begins. */
  readonly startMs: number;
  readonly manual: boolean;
}

class HeardPackets {
  #receivedMs = 0;
  #recent: ReceivedPacket[] = [];
  #open: OpenTurn | undefined;
  #utterance: TimedPacket[] | undefined;
  #bytes = 0;
  readonly #complete = new Map<number, readonly TimedPacket[]>();
  /** Set while the end of a turn is reported. A turn that begins meanwhile continues at this position. */
  #continuesAtMs: number | undefined;

  push(packet: Uint8Array): void {
    if (!this.#open) return;
    // The caller's buffer is only valid during the call.
    const bytes = packet.byteLength === 0 ? SILENT_PACKET : new Uint8Array(packet);
    const ms = opusDurationMs(bytes);
    // No player could play a packet with an invalid header.
    if (ms === undefined) return;
    this.#receivedMs += ms;
    this.#recent.push({ bytes, ms, endMs: this.#receivedMs });
    while ((this.#recent[0]?.endMs ?? Infinity) <= this.#receivedMs - RECENT_MS) this.#recent.shift();
    if (this.#utterance) this.#add({ bytes, ms });
  }

  begin(turnId: number, manual: boolean): void {
    const continuesAtMs = manual ? undefined : this.#continuesAtMs;
    if (continuesAtMs === undefined) this.#recent = [];
    this.#utterance = undefined;
    this.#continuesAtMs = undefined;
    this.#open = { turnId, startMs: continuesAtMs ?? this.#receivedMs, manual };
  }

  event(event: ListeningEvent): void {
    if (this.#open?.turnId !== event.turnId) return;
    if (event.type === 'speech_started') this.#started(this.#open.startMs + event.atMs);
    else if (event.type === 'utterance_ended') this.#ended(this.#open, event.decidedMs, event.reason === 'stopped');
    else if (event.type === 'lost') this.end();
  }

  /** Call this after an event was reported. A turn that begins later does not continue the previous turn. */
  reported(): void {
    this.#continuesAtMs = undefined;
  }

  end(): void {
    this.#open = undefined;
    this.#utterance = undefined;
    this.#continuesAtMs = undefined;
    this.#recent = [];
  }

  take(turnIds: readonly number[]): readonly TimedPacket[] {
    const taken = turnIds.flatMap((turnId) => this.#complete.get(turnId) ?? []);
    for (const turnId of turnIds) this.#complete.delete(turnId);
    return taken;
  }

  #started(atMs: number): void {
    if (this.#utterance) return;
    this.#utterance = [];
    this.#bytes = 0;
    for (const { bytes, ms, endMs } of this.#recent) if (endMs > atMs - PRE_ROLL_MS) this.#add({ bytes, ms });
  }

  #ended({ turnId, startMs, manual }: OpenTurn, decidedMs: number, stopped: boolean): void {
    if (this.#utterance) this.#complete.set(turnId, this.#utterance);
    for (const [first] of this.#complete) if (this.#complete.size > MAX_WAITING) this.#complete.delete(first);
    this.#utterance = undefined;
    this.#open = undefined;
    this.#continuesAtMs = manual || stopped ? undefined : startMs + decidedMs;
  }

  #add(packet: TimedPacket): void {
    this.#bytes += packet.bytes.byteLength;
    if (this.#bytes <= MAX_BYTES) this.#utterance?.push(packet);
  }
}
