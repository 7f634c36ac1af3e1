import { REALTIME_QUEUE_LIMIT } from '../../src/conversation/session/device-voice.js';
import { DEFAULT_PACING, PacingSchedule } from '../../src/speech/speaking/pacing/pacing-schedule.js';

const PACKET_MS = 60;
const PACKET_SAMPLES = PACKET_MS * 16;
/** Time for a message to arrive and for the device to process it. */
const FLUSH_MS = 20;

interface Sounding {
  readonly fromMs: number;
  toMs: number;
}

/** Sends a reply to a device with the server's own pacing schedule, and records the sound that the device plays. */
export class VirtualSpeaker {
  #schedule: PacingSchedule | undefined;
  #held = false;
  #sent = 0;
  /** Times at which packets are played. Consecutive packets are joined. */
  readonly soundings: Sounding[] = [];
  readonly #played: { readonly atMs: number; readonly packet: Int16Array }[] = [];

  constructor(private readonly pcm: Int16Array) {}

  start(nowMs: number): number {
    this.#schedule = new PacingSchedule(DEFAULT_PACING, REALTIME_QUEUE_LIMIT, nowMs);
    this.#held = false;
    this.#sent = 0;
    return nowMs;
  }

  hold(_nowMs: number): void {
    this.#held = true;
  }

  resume(nowMs: number): void {
    this.#held = false;
    this.#schedule?.resume(nowMs);
  }

  stop(_nowMs: number): void {
    this.#schedule = undefined;
  }

  /** Empties the device's queue, as the device does when it begins to speak. */
  flush(nowMs: number): void {
    const endMs = nowMs + FLUSH_MS;
    for (const sounding of this.soundings) sounding.toMs = Math.min(sounding.toMs, Math.max(endMs, sounding.fromMs));
    const later = this.#played.findIndex(({ atMs }) => atMs > endMs);
    if (later >= 0) this.#played.splice(later);
  }

  upTo(nowMs: number): readonly Int16Array[] {
    const packets: Int16Array[] = [];
    for (
      let schedule = this.#schedule;
      schedule && !this.#held && schedule.dueAtMs() <= nowMs;
      schedule = this.#schedule
    ) {
      const from = (this.#sent * PACKET_SAMPLES) % Math.max(1, this.pcm.length - PACKET_SAMPLES);
      const packet = this.pcm.slice(from, from + PACKET_SAMPLES);
      const atMs = Math.max(nowMs, schedule.dryAtMs ?? nowMs);
      schedule.sent(nowMs, true);
      this.#sent += 1;
      packets.push(packet);
      this.#played.push({ atMs, packet });
      const last = this.soundings.at(-1);
      if (last !== undefined && atMs - last.toMs < 1) last.toMs = atMs + PACKET_MS;
      else this.soundings.push({ fromMs: atMs, toMs: atMs + PACKET_MS });
    }
    return packets;
  }

  /** Sound of the loudspeaker, starting at the given moment. */
  sound(fromMs: number, samples: number): Int16Array {
    const out = new Int16Array(samples);
    for (let i = this.#played.length - 1; i >= 0; i--) {
      const { atMs, packet } = this.#played[i] ?? { atMs: 0, packet: new Int16Array(0) };
      const offset = Math.round((atMs - fromMs) * 16);
      if (offset + packet.length <= 0) break;
      for (let n = Math.max(0, -offset); n < packet.length && n + offset < samples; n++)
        out[n + offset] = packet[n] ?? 0;
    }
    return out;
  }
}
