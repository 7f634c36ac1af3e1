import { BoundedQueue } from '../../core/index.js';
import type { DeviceMessage } from '../../device/protocol/index.js';
import type { SessionHandle } from '../../device/device-port.js';
import type { Session } from './session.js';

/** Maximum number of messages and packets that wait for a session. A device sends at most 50 packets a second. */
const MAX_WAITING = 1000;

/** Keeps the messages of a device, in order, until its agent is known and the session begins. */
export class OpeningSession implements SessionHandle {
  readonly #waiting = new BoundedQueue<(session: Session) => void>(MAX_WAITING, 'reject');
  #session: Session | undefined;
  #closed = false;

  /**
   * `onFull` is called when more messages come than may wait. `onClosedEarly` is called when the device leaves before
   * the session begins.
   */
  constructor(
    private readonly onFull: () => void,
    private readonly onClosedEarly: () => void,
  ) {}

  /** Undefined if the session has not begun. */
  get session(): Session | undefined {
    return this.#session;
  }

  get closedEarly(): boolean {
    return this.#closed;
  }

  begin(session: Session): void {
    this.#session = session;
    session.open();
    for (const pass of this.#waiting.drain()) pass(session);
  }

  onMessage(message: DeviceMessage): void {
    if (this.#session !== undefined) this.#session.onMessage(message);
    else this.#wait((session) => session.onMessage(message));
  }

  onAudio(packet: Uint8Array): void {
    if (this.#session !== undefined) this.#session.onAudio(packet);
    else {
      const copy = packet.slice();
      this.#wait((session) => session.onAudio(copy));
    }
  }

  onClosed(): void {
    if (this.#session !== undefined) this.#session.onClosed();
    else if (!this.#closed) {
      this.#closed = true;
      this.onClosedEarly();
    }
  }

  #wait(pass: (session: Session) => void): void {
    if (!this.#closed && !this.#waiting.push(pass)) this.onFull();
  }
}
