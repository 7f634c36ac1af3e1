import { WebSocket } from 'ws';

/** A message that the server sent, or an abort that it read. */
interface Passed {
  readonly atMs: number;
  readonly what: 'audio' | 'start' | 'stop' | 'abort' | 'other';
}

/**
 * Records when the server handed each message to its socket, and when it read an abort. The rules are about sending
 * (docs/protocol.md, checklist 44, 48, 49, 51). A device in the same process reads in bursts, so it cannot measure when
 * messages were sent.
 */
export class DownlinkTimes {
  readonly #sent = new Map<WebSocket, Passed[]>();
  readonly #original: PropertyDescriptor;

  constructor() {
    const { prototype } = WebSocket;
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'send');
    if (descriptor === undefined) throw new Error('WebSocket has no method send');
    this.#original = descriptor;
    const send = descriptor.value as (this: WebSocket, ...args: unknown[]) => void;
    const note = (socket: WebSocket, data: unknown): void => this.#note(socket, data);
    Object.defineProperty(prototype, 'send', {
      ...descriptor,
      value(this: WebSocket, ...args: unknown[]): void {
        note(this, args[0]);
        send.apply(this, args);
      },
    });
  }

  #note(socket: WebSocket, data: unknown): void {
    // `ws` sets `_isServer` on the server's end of a connection. The other ends are the test's devices.
    if (Reflect.get(socket, '_isServer') !== true) return;
    const known = this.#sent.get(socket);
    const list = known ?? [];
    if (!known) {
      this.#sent.set(socket, list);
      socket.prependListener('message', (message: Buffer, isBinary: boolean) => {
        if (!isBinary && message.includes('"type":"abort"')) list.push({ atMs: performance.now(), what: 'abort' });
      });
    }
    list.push({ atMs: performance.now(), what: whatIs(data) });
  }

  /** For each abort during a reply: how long it took until `tts stop`, and how many packets were sent meanwhile. */
  aborts(): { readonly stopMs: number; readonly packets: number }[] {
    return [...this.#sent.values()].flatMap((list) =>
      list.flatMap((one, i) => {
        const before = list.slice(0, i).findLast(({ what }) => what === 'start' || what === 'stop');
        if (one.what !== 'abort' || before?.what !== 'start') return [];
        const after = list.slice(i);
        const stop = after.findIndex(({ what }) => what === 'stop');
        const until = stop === -1 ? after : after.slice(0, stop);
        const packets = until.filter(({ what }) => what === 'audio').length;
        return [{ stopMs: (after[stop]?.atMs ?? Infinity) - one.atMs, packets }];
      }),
    );
  }

  /**
   * The shortest interval between two packets to the same device, over all devices. Infinity if there are no packets.
   */
  minSpacingMs(): number {
    return Math.min(
      Infinity,
      ...[...this.#sent.values()].flatMap((list) => gaps(list.filter(({ what }) => what === 'audio'))),
    );
  }

  /** The intervals between each `tts start` and the next packet, shortest first. */
  startGapsMs(): readonly number[] {
    const pairs = [...this.#sent.values()].flatMap((list) => {
      const before = list.filter(({ what }) => what === 'audio' || what === 'start');
      return before
        .slice(1)
        .flatMap((one, i) =>
          one.what === 'audio' && before[i]?.what === 'start' ? [one.atMs - (before[i]?.atMs ?? 0)] : [],
        );
    });
    return pairs.toSorted((a, b) => a - b);
  }

  get packets(): number {
    return [...this.#sent.values()].reduce((sum, list) => sum + list.filter(({ what }) => what === 'audio').length, 0);
  }

  restore(): void {
    Object.defineProperty(WebSocket.prototype, 'send', this.#original);
  }
}

function whatIs(data: unknown): Passed['what'] {
  if (typeof data !== 'string') return 'audio';
  const [, state] = /"type":"tts"/.test(data) ? (/"state":"(start|stop)"/.exec(data) ?? []) : [];
  return state === 'start' || state === 'stop' ? state : 'other';
}

function gaps(list: readonly Passed[]): number[] {
  return list.slice(1).map(({ atMs }, i) => atMs - (list[i]?.atMs ?? 0));
}
