import { WebSocket } from 'ws';

interface Sent {
  readonly atMs: number;
  readonly what: 'audio' | 'start' | 'other';
}

/**
 * When the server gave each message to its socket. A device in the same process would measure when it was read, which
 * is a burst after every pause of the event loop; the rules (docs/protocol.md, checklist 44, 48, 49) are about sending.
 */
export class DownlinkTimes {
  readonly #sent = new Map<WebSocket, Sent[]>();
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
    // `ws` marks the server's end so; its clients are the devices of this test.
    if (Reflect.get(socket, '_isServer') !== true) return;
    const list = this.#sent.get(socket) ?? [];
    this.#sent.set(socket, list);
    list.push({ atMs: performance.now(), what: whatIs(data) });
  }

  /** Smallest distance of two packets to one device, over all of them; Infinity without packets. */
  minSpacingMs(): number {
    return Math.min(
      Infinity,
      ...[...this.#sent.values()].flatMap((list) => gaps(list.filter(({ what }) => what === 'audio'))),
    );
  }

  /** Smallest distance of a `tts start` and the packet that follows it; Infinity without any. */
  minStartGapMs(): number {
    const pairs = [...this.#sent.values()].flatMap((list) => {
      const told = list.filter(({ what }) => what !== 'other');
      return told
        .slice(1)
        .flatMap((one, i) =>
          one.what === 'audio' && told[i]?.what === 'start' ? [one.atMs - (told[i]?.atMs ?? 0)] : [],
        );
    });
    return Math.min(Infinity, ...pairs);
  }

  get packets(): number {
    return [...this.#sent.values()].reduce((sum, list) => sum + list.filter(({ what }) => what === 'audio').length, 0);
  }

  restore(): void {
    Object.defineProperty(WebSocket.prototype, 'send', this.#original);
  }
}

function whatIs(data: unknown): Sent['what'] {
  if (typeof data !== 'string') return 'audio';
  return /"type":"tts"/.test(data) && /"state":"start"/.test(data) ? 'start' : 'other';
}

function gaps(list: readonly Sent[]): number[] {
  return list.slice(1).map(({ atMs }, i) => atMs - (list[i]?.atMs ?? 0));
}
