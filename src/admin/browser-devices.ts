import { createHash, randomBytes } from 'node:crypto';
import { both, ChorusError, sleep, type Clock, type LanguageTag, type Scope } from '../core/index.js';
import type { DeviceRecord, DeviceStore } from '../platform/store/index.js';

export interface BrowserDevicesOptions {
  readonly store: Pick<DeviceStore, 'seen' | 'bind' | 'list'>;
  /** Of this server, which may share its database with others. */
  readonly localToken: string;
  readonly issue: (device: DeviceRecord) => string;
  readonly isOpen: (sessionId: number) => boolean;
  /** Ends the connection of a device and all that is kept of it. */
  readonly forget: (deviceId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly scope: Scope;
}

export interface BrowserIdentity {
  readonly deviceId: string;
  readonly clientId: string;
  readonly token: string;
}

/** Between two tries to forget a device, as long as the database is lost. */
const RETRY_MS = 5000;

/**
 * Browsers in which the admin is signed in, as devices that may talk: one a session, so that their number is bounded by
 * that of sessions. A device ends with its session. What a server that was killed has left of them goes at the next
 * start.
 */
export class BrowserDevices {
  readonly #bySession = new Map<number, Promise<{ readonly deviceId: string; readonly clientId: string }>>();
  readonly #ours: string;

  constructor(private readonly options: BrowserDevicesOptions) {
    this.#ours = `console-${createHash('sha256').update(options.localToken).digest('hex').slice(0, 12)}-`;
  }

  /** The same one for the same session. Errors: `admin.not_signed_in` (the session is over), `store.failed`. */
  async open(sessionId: number, language: LanguageTag): Promise<BrowserIdentity> {
    const known = this.#bySession.get(sessionId);
    // Two requests of one session at once are one device.
    const ids =
      known ??
      Promise.resolve({ deviceId: newDeviceId(), clientId: `${this.#ours}${randomBytes(16).toString('hex')}` });
    this.#bySession.set(sessionId, ids);
    const { deviceId, clientId } = await ids;
    const { store, clock, issue, isOpen, forget } = this.options;
    await store.seen({ deviceId, clientId, board: 'browser', firmwareVersion: undefined, language }, clock.wallMs());
    const device = await store.bind(deviceId, clientId, 'console', clock.wallMs());
    // Signed out while the database was busy: nobody would end it any more.
    if (!isOpen(sessionId)) {
      this.#bySession.delete(sessionId);
      await forget(deviceId);
      throw new ChorusError('admin.not_signed_in', both('the session has ended', '这次登录已经结束'));
    }
    return { deviceId, clientId, token: issue(device) };
  }

  /** Its session is over. Returns at once. */
  close(sessionId: number): void {
    const ids = this.#bySession.get(sessionId);
    if (!ids || !this.#bySession.delete(sessionId)) return;
    this.options.scope.fork('forget a browser', async (signal) => this.#forget((await ids).deviceId, signal));
  }

  /** Until it is: who has signed out must not go on talking because the database was lost just then. */
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

  /** At the start, when nobody is signed in. */
  async forgetAll(): Promise<void> {
    for (const { deviceId, boundBy, boundClientId } of await this.options.store.list()) {
      if (boundBy === 'console' && boundClientId?.startsWith(this.#ours) === true) await this.options.forget(deviceId);
    }
  }
}

/** A MAC that no manufacturer gives: locally administered. */
function newDeviceId(): string {
  return ['06', ...(randomBytes(5).toString('hex').match(/../g) ?? [])].join(':');
}
