import { systemClock as clock, type TimerHandle } from '../src/core/index.js';
import { askOta, encodeClip, fleetIdentity, loadSpeech, SimulatedDevice, UPLINK_FRAME_MS, type Microphone } from '../src/fleet/index.js';
import { concatInt16 } from '../src/voice/audio/index.js';
import { RawDevice } from '../test/e2e/raw-device.js';
import type { ServerUnderTest } from './server-under-test.js';

/** A device that is no good neighbour. */
export interface BadNeighbour {
  /** From now on it does what it does. */
  start(): Promise<void>;
  stop(): void;
  /** What became of it, for the result. */
  told(): Readonly<Record<string, number>>;
}

/** After it was closed on. */
const AGAIN_AFTER_MS = 1000;
/** What is far beyond real time. */
const FLOOD = 10;

/** A minute and more of speech without a pause that could be an end; whoever loops it never stops. */
export async function endlessSpeech(): Promise<readonly Uint8Array[]> {
  const { long } = await loadSpeech();
  const speech = long.map(({ clip }) => clip.pcm.subarray((clip.speechStartMs * 16) | 0, (clip.speechEndMs * 16) | 0));
  return encodeClip(concatInt16(speech)).packets;
}

class EndlessMicrophone implements Microphone {
  #at = 0;

  constructor(private readonly packets: readonly Uint8Array[]) {}

  frame(): Uint8Array {
    const packet = this.packets[this.#at % this.packets.length];
    this.#at += 1;
    return packet ?? new Uint8Array();
  }

  say(): void {
    throw new Error('it says what it says');
  }

  close(): void {
    this.#at = 0;
  }
}

/** In realtime mode, where its microphone is never off: it speaks over every answer, and is heard all the time. */
export class Monologue implements BadNeighbour {
  #device: SimulatedDevice | undefined;
  #again: TimerHandle | undefined;
  #counts = { connections: 0, transcripts: 0, replies: 0, closed: 0 };

  constructor(
    private readonly server: ServerUnderTest,
    private readonly index: number,
    private readonly speech: readonly Uint8Array[],
  ) {}

  async start(): Promise<void> {
    const { otaUrl, localToken } = this.server;
    const device = new SimulatedDevice({
      otaUrl,
      identity: fleetIdentity(this.index, 'en-US'),
      clock,
      aec: true,
      microphone: new EndlessMicrophone(this.speech),
      ...(localToken !== undefined && { localToken }),
      onEvent: ({ type }) => {
        if (type === 'microphone') this.#counts.connections += 1;
        if (type === 'stt') this.#counts.transcripts += 1;
        if (type === 'tts_start') this.#counts.replies += 1;
        if (type !== 'closed' || this.#device !== device) return;
        this.#counts.closed += 1;
        this.#again = clock.after(AGAIN_AFTER_MS, () => device.click());
      },
    });
    this.#device = device;
    await device.boot(AbortSignal.timeout(30_000));
    device.click();
  }

  stop(): void {
    const device = this.#device;
    this.#device = undefined;
    this.#again?.cancel();
    device?.close();
  }

  told(): Readonly<Record<string, number>> {
    return this.#counts;
  }
}

/** Sends ten seconds of speech each second, whatever it is told, in the mode in which a server listens all the time. */
export class Flood implements BadNeighbour {
  #device: RawDevice | undefined;
  #timer: TimerHandle | undefined;
  #at = 0;
  #counts = { connections: 0, packets: 0, closed: 0 };

  constructor(
    private readonly server: ServerUnderTest,
    private readonly index: number,
    private readonly speech: readonly Uint8Array[],
  ) {}

  async start(): Promise<void> {
    const { otaUrl, localToken } = this.server;
    const identity = fleetIdentity(this.index, 'en-US');
    const { websocket } = await askOta({ url: otaUrl, identity, clock, ...(localToken !== undefined && { localToken }) }, AbortSignal.timeout(10_000));
    if (!websocket) throw new Error('no address');
    const device = await RawDevice.connect({ ...websocket, identity, features: { aec: true } });
    this.#device = device;
    await device.hello();
    device.start('realtime');
    this.#counts.connections += 1;
    let dueMs = clock.nowMs();
    const send = (): void => {
      if (this.#device !== device) return;
      if (device.socket.readyState !== device.socket.OPEN) {
        this.#counts.closed += 1;
        this.#timer = clock.after(AGAIN_AFTER_MS, () => void this.start().catch((error: unknown) => console.error('the flood could not come back', error)));
        return;
      }
      device.burst(Array.from({ length: FLOOD }, () => this.speech[this.#at++ % this.speech.length] ?? new Uint8Array()));
      this.#counts.packets += FLOOD;
      dueMs += UPLINK_FRAME_MS;
      this.#timer = clock.after(Math.max(0, dueMs - clock.nowMs()), send);
    };
    send();
  }

  stop(): void {
    const device = this.#device;
    this.#device = undefined;
    this.#timer?.cancel();
    device?.vanish();
  }

  told(): Readonly<Record<string, number>> {
    return this.#counts;
  }
}
