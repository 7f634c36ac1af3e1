import { systemClock as clock, type TimerHandle } from '../src/core/index.js';
import {
  askOta,
  encodeClip,
  fleetIdentity,
  loadSpeech,
  SimulatedDevice,
  UPLINK_FRAME_MS,
  type Microphone,
} from '../src/measure/fleet/index.js';
import { concatInt16 } from '../src/audio/index.js';
import { RawDevice } from '../test/e2e/raw-device.js';
import type { ServerUnderTest } from './servers.js';

const AGAIN_AFTER_MS = 1000;
/** Speed of the flood, as a multiple of real time. */
const FLOOD = 10;

/**
 * More than a minute of speech without a pause that could end a turn. Devices play it in a loop, so their speech never
 * stops.
 */
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

interface Caller {
  /** Connects. Called at the start, and again after the server has closed the connection. */
  call(): Promise<void>;
  close(): void;
}

/** A device that disturbs others. It reconnects after the server has closed its connection. */
export abstract class BadNeighbour {
  protected abstract readonly counts: Record<'connections' | 'closed', number>;
  #caller: Caller | undefined;
  #again: TimerHandle | undefined;

  constructor(
    protected readonly server: ServerUnderTest,
    protected readonly index: number,
    protected readonly speech: readonly Uint8Array[],
  ) {}

  protected abstract caller(onClosed: () => void): Caller;

  start(): Promise<void> {
    const caller = this.caller(() => {
      if (this.#caller === caller) this.counts.closed += 1;
      this.#comeBack(caller);
    });
    this.#caller = caller;
    return caller.call();
  }

  #comeBack(caller: Caller): void {
    // A neighbour that was stopped meanwhile does not reconnect.
    if (this.#caller !== caller) return;
    this.#again?.cancel();
    this.#again = clock.after(AGAIN_AFTER_MS, () => {
      caller.call().catch((error: unknown) => {
        console.error('a bad neighbour could not come back, and tries again', error);
        this.#comeBack(caller);
      });
    });
  }

  stop(): void {
    const caller = this.#caller;
    this.#caller = undefined;
    this.#again?.cancel();
    caller?.close();
  }

  totals(): Readonly<Record<string, number>> {
    return this.counts;
  }
}

/** A device in realtime mode that speaks over every answer. Its microphone is never off. */
export class Monologue extends BadNeighbour {
  protected readonly counts = { connections: 0, transcripts: 0, replies: 0, closed: 0 };

  protected caller(onClosed: () => void): Caller {
    const { otaUrl, localToken } = this.server;
    const device = new SimulatedDevice({
      otaUrl,
      identity: fleetIdentity(this.index, 'en-US'),
      clock,
      aec: true,
      microphone: new EndlessMicrophone(this.speech),
      ...(localToken !== undefined && { localToken }),
      onEvent: ({ type }) => {
        if (type === 'microphone') this.counts.connections += 1;
        if (type === 'stt') this.counts.transcripts += 1;
        if (type === 'tts_start') this.counts.replies += 1;
        if (type === 'closed') onClosed();
      },
    });
    return {
      call: async () => {
        if (!device.address) await device.boot(AbortSignal.timeout(30_000));
        device.click();
      },
      close: () => device.close(),
    };
  }
}

/** Sends ten seconds of speech each second in realtime mode, whatever the server answers. */
export class Flood extends BadNeighbour {
  protected readonly counts = { connections: 0, packets: 0, closed: 0 };
  #at = 0;

  protected caller(onClosed: () => void): Caller {
    const { otaUrl, localToken } = this.server;
    const identity = fleetIdentity(this.index, 'en-US');
    let device: RawDevice | undefined;
    let timer: TimerHandle | undefined;
    let gone = false;
    const send = (to: RawDevice, dueMs: number): void => {
      if (gone) return;
      if (to.socket.readyState !== to.socket.OPEN) {
        onClosed();
        return;
      }
      to.burst(Array.from({ length: FLOOD }, () => this.speech[this.#at++ % this.speech.length] ?? new Uint8Array()));
      this.counts.packets += FLOOD;
      const nextMs = dueMs + UPLINK_FRAME_MS;
      timer = clock.after(Math.max(0, nextMs - clock.nowMs()), () => send(to, nextMs));
    };
    return {
      call: async () => {
        const { websocket } = await askOta(
          { url: otaUrl, identity, clock, ...(localToken !== undefined && { localToken }) },
          AbortSignal.timeout(10_000),
        );
        if (!websocket) throw new Error('no address');
        device = await RawDevice.connect({ ...websocket, identity, features: { aec: true } });
        if (gone) {
          device.vanish();
          return;
        }
        await device.hello();
        device.start('realtime');
        this.counts.connections += 1;
        send(device, clock.nowMs());
      },
      close: () => {
        gone = true;
        timer?.cancel();
        device?.vanish();
      },
    };
  }
}
