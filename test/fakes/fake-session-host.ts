import type { DeviceMessage } from '../../src/device/protocol/index.js';
import type { DeviceConnection, SessionHandle, SessionHost } from '../../src/device/device-port.js';

/** Records the events of one session. */
export class FakeSession implements SessionHandle {
  readonly messages: DeviceMessage[] = [];
  readonly packets: Uint8Array[] = [];
  closedTimes = 0;
  #changed: (() => void)[] = [];

  constructor(readonly connection: DeviceConnection) {}

  onMessage(message: DeviceMessage): void {
    this.messages.push(message);
    this.#tell();
  }

  onAudio(packet: Uint8Array): void {
    this.packets.push(Uint8Array.from(packet));
    this.#tell();
  }

  onClosed(): void {
    this.closedTimes += 1;
    this.#tell();
  }

  /** Resolves when `condition` is true. It is checked whenever something arrives. */
  async until(condition: (session: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#changed.push(resolve));
    return this;
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

/** Accepts every device and records its messages and packets. `onAccept` may answer a device. */
export class FakeSessionHost implements SessionHost {
  readonly sessions: FakeSession[] = [];
  onAccept: ((session: FakeSession) => void) | undefined;
  #waiting: (() => void)[] = [];

  accept(connection: DeviceConnection): SessionHandle {
    const session = new FakeSession(connection);
    this.sessions.push(session);
    this.onAccept?.(session);
    for (const resolve of this.#waiting.splice(0)) resolve();
    return session;
  }

  /** Waits for session number `n`, counted from 0. */
  async session(n = 0): Promise<FakeSession> {
    for (;;) {
      const session = this.sessions[n];
      if (session) return session;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
