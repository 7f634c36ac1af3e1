import { createHash, randomBytes } from 'node:crypto';
import { ChorusError, sleep, type Clock, type LanguageTag, type Scope } from '../core/index.js';
import type { DeviceRecord, DeviceStore } from '../platform/store/index.js';
import { gateWords } from './words/gate.js';

export interface BrowserDevicesOptions {
  readonly store: Pick<DeviceStore, 'seen' | 'bind' | 'list'>;
  /** Secret of this server. Client ids begin with its hash, which marks this server's devices in a shared database. */
  readonly localToken: string;
  readonly issue: (device: DeviceRecord) => string;
  readonly isOpen: (sessionId: number) => boolean;
  /** Ends the connection of a device and deletes all of its data. */
  readonly forget: (deviceId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly scope: Scope;
}

export interface BrowserIdentity {
  readonly deviceId: string;
  readonly clientId: string;
  readonly token: string;
}

const RETRY_MS = 5000;

/** Lets a signed-in browser talk like a device. Each session has at most one device. */
export class BrowserDevices {
  readonly #bySession = new Map<number, Promise<{ readonly deviceId: string; readonly clientId: string }>>();
  readonly #ours: string;

  constructor(private readonly options: BrowserDevicesOptions) {
    this.#ours = `console-${createHash('sha256').update(options.localToken).digest('hex').slice(0, 12)}-`;
  }

  /**
   * Always returns the same device for a session. Errors: `admin.not_signed_in` if the session is over, `store.failed`.
   */
  async open(sessionId: number, language: LanguageTag): Promise<BrowserIdentity> {
    const known = this.#bySession.get(sessionId);
    // Two simultaneous requests of one session get the same device.
    const ids =
      known ??
      Promise.resolve({ deviceId: newDeviceId(), clientId: `${this.#ours}${randomBytes(16).toString('hex')}` });
    this.#bySession.set(sessionId, ids);
    const { deviceId, clientId } = await ids;
    const { store, clock, issue, isOpen, forget } = this.options;
    await store.seen({ deviceId, clientId, board: 'browser', firmwareVersion: undefined, language }, clock.wallMs());
    const device = await store.bind(deviceId, clientId, 'console', clock.wallMs());
    // The session may have ended during the wait for the database. Nothing else would then delete the device.
    if (!isOpen(sessionId)) {
      this.#bySession.delete(sessionId);
      await forget(deviceId);
      throw new ChorusError('admin.not_signed_in', gateWords.sessionEnded);
    }
    return { deviceId, clientId, token: issue(device) };
  }

  /** Call this when the session is over. Deletes its device in the background. */
  close(sessionId: number): void {
    const ids = this.#bySession.get(sessionId);
    if (!ids || !this.#bySession.delete(sessionId)) return;
    this.options.scope.fork('forget a browser', async (signal) => this.#forget((await ids).deviceId, signal));
  }

  /** Retries while the database is unreachable, because the device must not talk after the sign-out. */
  async #forget(deviceId: string, signal: AbortSignal): Promise<void> {
    const { clock, forget } = this.options;
    while (
      !(await forget(deviceId).then(
        () => true,
        () => false,
      ))
    )
      await sleep(clock, RETRY_MS, signal);
  }

  /** Deletes devices that this server left behind when it was killed. Call this before anybody can sign in. */
  async forgetAll(): Promise<void> {
    for (const { deviceId, boundBy, boundClientId } of await this.options.store.list()) {
      if (boundBy === 'console' && boundClientId?.startsWith(this.#ours) === true) await this.options.forget(deviceId);
    }
  }
}

/** A locally administered MAC, which no manufacturer assigns. */
function newDeviceId(): string {
  return ['06', ...(randomBytes(5).toString('hex').match(/../g) ?? [])].join(':');
}
