import type { Clock } from '../../src/core/index.js';
import type { FleetTransport } from '../../src/measure/fleet/fleet-device.js';
import { decodeFrame, encodeFrame, type Framing } from '../../src/device/protocol/index.js';

/** How this server misbehaves, and how much. */
export type Fault =
  | { readonly kind: 'late_packet'; readonly packet: number; readonly byMs: number }
  | { readonly kind: 'overflow'; readonly packets: number }
  | { readonly kind: 'no_stop' }
  | { readonly kind: 'wrong_framing'; readonly packet: number }
  | { readonly kind: 'slow_answer'; readonly byMs: number }
  | { readonly kind: 'long_packet'; readonly packet: number }
  | { readonly kind: 'deaf_to_abort'; readonly packets: number }
  | { readonly kind: 'early_audio' }
  | { readonly kind: 'mishears'; readonly words: number }
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'hangs_up'; readonly packet: number }
  | { readonly kind: 'slow_hello'; readonly byMs: number };

export const ANSWER_MS = 400;
export const START_GAP_MS = 120;
export const FRAME_MS = 60;
export const REPLY_PACKETS = 60;
const LEAD_PACKETS = 5;
/** A packet of silence, or of sound that fades into silence, has fewer bytes than this. 60 ms of speech has more. */
const SILENCE_BYTES = 60;
const SILENT_FRAMES = 5;

/** Opus packets of 60 ms and of 120 ms. Only their headers are valid. */
const OPUS_60 = Uint8Array.of(0x58, 1, 2, 3);
const OPUS_120 = Uint8Array.of(0x59, 1, 2, 3);

interface Line {
  readonly text: (message: object) => void;
  readonly binary: (message: Uint8Array) => void;
  readonly close: () => void;
}

/**
 * A server's end of a connection, without a socket. Every utterance gets the same reply, which comes on time unless the
 * turn has a fault.
 */
export class ScriptedTalk {
  #speechHeard = 0;
  #silent = 0;
  #speaking = false;
  #aborted: { left: number } | undefined;
  #open = true;
  #turns = 0;

  constructor(
    private readonly line: Line,
    private readonly clock: Clock,
    private readonly framing: Framing,
    /** The fault of a turn. Turns are counted from the beginning of this connection. */
    private readonly faultOf: (turn: number) => Fault | undefined,
    private readonly heard: (turn: number) => string,
    private readonly callbacks: { readonly onTurn: () => void; readonly onReply: (turn: number) => void } = {
      onTurn: () => undefined,
      onReply: () => undefined,
    },
  ) {}

  text(message: string): void {
    const value = JSON.parse(message) as { readonly type: string; readonly state?: string };
    if (value.type === 'hello') {
      const fault = this.faultOf(0);
      this.#later(fault?.kind === 'slow_hello' ? fault.byMs : 0, () =>
        this.line.text({
          type: 'hello',
          transport: 'websocket',
          session_id: 's',
          audio_params: { format: 'opus', sample_rate: 24_000, channels: 1, frame_duration: FRAME_MS },
        }),
      );
    }
    if (value.type === 'listen') this.#speechHeard = 0;
    if (value.type === 'abort' && this.#speaking) this.#abort();
  }

  binary(message: Uint8Array): void {
    if (this.#speaking) return;
    const packet = decodeFrame(this.framing, message)?.packet;
    if (!packet) return;
    if (packet.byteLength > SILENCE_BYTES) {
      this.#speechHeard += 1;
      this.#silent = 0;
    } else if (++this.#silent === SILENT_FRAMES && this.#speechHeard > 10) this.#answer();
  }

  closed(): void {
    this.#open = false;
  }

  #answer(): void {
    const turn = this.#turns++;
    this.callbacks.onTurn();
    const fault = this.faultOf(turn);
    this.#speechHeard = 0;
    if (fault?.kind === 'no_answer') return;
    this.#speaking = true;
    this.#aborted = undefined;
    const answerMs = ANSWER_MS + (fault?.kind === 'slow_answer' ? fault.byMs : 0);
    const startGapMs = fault?.kind === 'early_audio' ? 5 : START_GAP_MS;
    this.#later(answerMs, () => {
      const words = this.heard(turn).split(' ');
      this.line.text({ type: 'stt', text: (fault?.kind === 'mishears' ? words.slice(fault.words) : words).join(' ') });
      this.line.text({ type: 'tts', state: 'start' });
      this.line.text({ type: 'tts', state: 'sentence_start', text: 'Well.' });
      this.#later(startGapMs, () => {
        this.callbacks.onReply(turn);
        this.#packet(0, this.clock.nowMs(), fault);
      });
    });
  }

  /** Sends packet `n` of a reply that began at `zeroMs`. Packets are sent by an absolute clock, five packets ahead. */
  #packet(n: number, zeroMs: number, fault: Fault | undefined): void {
    if (!this.#speaking) return;
    if (this.#aborted) {
      if (this.#aborted.left === 0) return;
      this.#aborted.left -= 1;
    }
    this.#send(n, fault);
    if (n + 1 === REPLY_PACKETS) {
      if (fault?.kind !== 'no_stop') this.#stop();
      return;
    }
    let dueMs = zeroMs + Math.max((n + 1) * 20, (n + 1 - LEAD_PACKETS) * FRAME_MS);
    if (fault?.kind === 'late_packet' && n + 1 >= fault.packet)
      dueMs = zeroMs + (n + 1 - LEAD_PACKETS) * FRAME_MS + LEAD_PACKETS * FRAME_MS + fault.byMs;
    this.#later(dueMs - this.clock.nowMs(), () => this.#packet(n + 1, zeroMs, fault));
  }

  #send(n: number, fault: Fault | undefined): void {
    const wrong = fault?.kind === 'wrong_framing' && fault.packet === n;
    const opus = fault?.kind === 'long_packet' && fault.packet === n ? OPUS_120 : OPUS_60;
    if (fault?.kind === 'hangs_up' && fault.packet === n) {
      this.#speaking = false;
      this.line.close();
      return;
    }
    // A wrong frame has the layout of another protocol version.
    this.line.binary(wrong ? encodeFrame(this.framing === 2 ? 3 : 2, opus, 0) : encodeFrame(this.framing, opus, 0));
    if (fault?.kind === 'overflow' && n === 10)
      for (let extra = 0; extra < fault.packets; extra++) this.line.binary(encodeFrame(this.framing, OPUS_60, 0));
  }

  #abort(): void {
    const fault = this.faultOf(this.#turns - 1);
    if (fault?.kind === 'deaf_to_abort') {
      this.#aborted = { left: fault.packets };
      this.#later(fault.packets * FRAME_MS + 100, () => this.#stop());
    } else this.#later(20, () => this.#stop());
  }

  #stop(): void {
    if (!this.#speaking) return;
    this.#speaking = false;
    this.line.text({ type: 'tts', state: 'stop' });
  }

  #later(delayMs: number, fn: () => void): void {
    this.clock.after(delayMs, () => {
      if (this.#open) fn();
    });
  }
}

/**
 * A server in memory that runs on the test's clock, exact to the millisecond. `faultOf` gives the fault of a device's
 * turn.
 */
export function memoryServer(
  clock: Clock,
  faultOf: (device: number, turn: number) => Fault | undefined,
  heard: (device: number, turn: number) => string,
  /** When the first packet of each reply was sent, by `device/turn`. The fleet's numbers are compared with this. */
  firstPackets: Map<string, number>,
): FleetTransport {
  // Turns are counted over all connections of a device, so a device that returns continues its count.
  const turns = new Map<number, number>();
  return {
    boot: (device) => {
      device.useAddress('memory:', '');
      return Promise.resolve();
    },
    openChannel: (options) => {
      let open = true;
      const number = Number.parseInt(options.identity.deviceId.slice(-5).replace(':', ''), 16);
      const soon = (fn: () => void): unknown => clock.after(0, () => open && fn());
      const line: Line = {
        text: (message) => soon(() => options.onText(JSON.stringify({ session_id: 's', ...message }))),
        binary: (message) => soon(() => options.onBinary(message)),
        close: () =>
          soon(() => {
            open = false;
            options.onClosed(undefined);
          }),
      };
      const before = turns.get(number) ?? 0;
      const onReply = (turn: number): void => {
        firstPackets.set(`${number}/${before + turn}`, clock.nowMs());
      };
      const onTurn = (): void => void turns.set(number, (turns.get(number) ?? 0) + 1);
      const talk = new ScriptedTalk(
        line,
        clock,
        options.framing,
        (turn) => faultOf(number, before + turn),
        (turn) => heard(number, before + turn),
        { onTurn, onReply },
      );
      soon(options.onOpen);
      return {
        sendText: (text) => soon(() => talk.text(text)),
        sendBinary: (message) => soon(() => talk.binary(message)),
        drop: () => {
          open = false;
          talk.closed();
        },
        stall: () => undefined,
        resume: () => undefined,
      };
    },
  };
}
