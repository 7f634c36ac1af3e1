import { ClientStream } from '../../src/speech/listening/client-stream.js';
import type { ListeningEvent } from '../../src/speech/listening/listening-port.js';
import { type ControlOp, eachPacket, PacketBatch } from '../../src/speech/listening/protocol.js';
import { FakeClock } from './fake-clock.js';

/** The controls and packets of one tick. A packet is given by its only byte. */
interface Sent {
  readonly orders: readonly string[];
  readonly uplink: readonly number[];
  /** How many packets queued up while there was no process. They are not limited by the process's queue. */
  readonly waiting: number | undefined;
}

/** The client's end of a stream, with a listening process that takes its data tick by tick. */
export class ClientStreamWorld {
  readonly clock = new FakeClock();
  readonly events: ListeningEvent[] = [];
  readonly stream: ClientStream;
  /** What the session does when it gets an event. */
  answer: (event: ListeningEvent) => void = () => undefined;
  /** Value of the flag `continues` for the last turn that a tick began. */
  continues: boolean | undefined;
  /** Number of packets that the stream reported as dropped. */
  dropped = 0;
  #awake = true;
  #tick = 0;

  constructor() {
    const onEvent = (event: ListeningEvent): void => {
      this.events.push(event);
      this.answer(event);
    };
    this.stream = new ClientStream(1, 100, this.clock, onEvent, {
      awake: () => this.#awake,
      changed: () => undefined,
      dropped: () => void (this.dropped += 1),
      closed: () => undefined,
    });
  }

  take(): Sent {
    const controls: ControlOp[] = [];
    const batch = new PacketBatch();
    this.stream.take((this.#tick += 1), controls, batch);
    const uplink: number[] = [];
    eachPacket(batch.take(), (_stream, reference, packet) => !reference && uplink.push(packet[0] ?? -1));
    const begin = controls.find((control) => control.op === 'begin');
    this.continues = begin?.continues;
    return { orders: controls.map(({ op }) => op), uplink, waiting: begin?.waitingPackets };
  }

  /** Kills the process; another one is ready half a second later. */
  async die(meanwhile: () => void = () => undefined): Promise<void> {
    this.#awake = false;
    this.lose(false);
    meanwhile();
    await this.clock.advance(500);
    this.#awake = true;
  }

  /** Kills the process. If `forGood`, no other process is started. */
  lose(forGood: boolean): void {
    this.stream.lose(this.#tick, forGood);
  }

  begin(mode: 'auto' | 'manual' | 'realtime' = 'auto'): void {
    this.stream.begin({ turnId: 1, mode, endpointSilenceMs: 500 });
  }

  tell(event: ListeningEvent, packets = 0): void {
    this.stream.deliver(event, packets);
  }

  push(from: number, to: number): void {
    for (let n = from; n < to; n++) this.stream.push(Uint8Array.of(n));
  }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
