import { sleep, type Clock, type Logger, DAY_MS } from '../../core/index.js';
import { firstGeneration, type DeviceRecord, type DeviceStore } from '../../platform/store/index.js';
import { isFixedOfOld, isSignedByOld, type OldTokens } from './tokens.js';
import { isLan, type Peer } from '../../platform/inbound/index.js';

/** The import from another server, and how long its devices may use their old credentials. */
export interface MovingOverOptions extends OldTokens {
  /** Time of the import. */
  readonly importedMs: number;
  /** For how many days after the import (`auth.migration_days`). */
  readonly days: number;
  /** True: the old server's list of devices was imported too. A device that is not on the list is not admitted. */
  readonly listed: boolean;
  /** True: the old server checked tokens. If it did not, a device may show a token of any earlier server. */
  readonly checked: boolean;
}

interface MovingOverContext {
  /** Returns true if `auth.pairing` is `lan` or `open`, so that devices of this network are trusted anyway. */
  readonly trustsNetwork: () => boolean;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A device that connects with the credentials of the old server. */
export interface MovingDevice {
  readonly deviceId: string;
  readonly clientId: string;
  /** The token. `''`: the device showed none. */
  readonly token: string;
  readonly peer: Peer;
  /**
   * True: the client is a web page in a browser. Any web page that somebody in this network opens could send the
   * request.
   */
  readonly browser: boolean;
}

/**
 * Limit of devices that are bound without being on the list. It is low, because anybody in the network could invent
 * such devices.
 */
const UNLISTED_MAX = 200;
/** Limit of devices that are on the list: practically none. */
const LISTED_MAX = 1_000_000;

/**
 * Admits devices of the old server for `auth.migration_days` after the import. A device must come from the local
 * network, unless it is on the old server's list and has a token. An admitted device is bound. Its old token remains
 * valid, for as long as the old server would have accepted it, until the device has used a token of this server. A
 * revoked device stays revoked, and a bound MAC belongs to the client to which it is bound.
 */
export class MovingOver {
  constructor(
    private readonly options: MovingOverOptions,
    private readonly context: MovingOverContext,
  ) {}

  /** Days left, rounded up. 0: the time is over. */
  get daysLeft(): number {
    return Math.max(0, Math.ceil((this.endsMs - this.context.clock.wallMs()) / DAY_MS));
  }

  get endsMs(): number {
    return this.options.importedMs + this.options.days * DAY_MS;
  }

  /**
   * Logs the remaining days once a day, and finally that the time is over. Resolves then; rejects with the signal's
   * reason.
   */
  async logDaysLeft(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.context;
    while (this.daysLeft > 0) {
      log.info('devices of the old server are taken over without a code', { daysLeft: this.daysLeft });
      await sleep(clock, Math.min(DAY_MS, Math.max(1000, this.endsMs - clock.wallMs())), signal);
    }
    log.info('moving over has ended: devices that did not come need a code (auth.migration_days)');
  }

  /** Whether an OTA request of this device binds it at once. Such a request has no token. */
  bindsAtOnce(known: DeviceRecord | undefined, peer: Peer, browser: boolean): boolean {
    if (this.daysLeft === 0 || browser || !isLan(peer) || known?.revoked || known?.boundClientId !== undefined)
      return false;
    return isAwaited(known) || this.#unlistedMay(known);
  }

  /** Maximum number of devices like this one that may be bound. */
  limitFor(known: DeviceRecord | undefined): number {
    return isAwaited(known) ? LISTED_MAX : UNLISTED_MAX;
  }

  /** Returns the device if its credentials were valid at the old server and may still be used. */
  async admit(moving: MovingDevice): Promise<DeviceRecord | undefined> {
    const { deviceId, clientId, token, peer, browser } = moving;
    const { store, clock } = this.context;
    if (browser) return undefined;
    const wallMs = clock.wallMs();
    const proven =
      isSignedByOld(token, deviceId, clientId, this.options, wallMs) || isFixedOfOld(token, deviceId, this.options);
    if (!proven && ((token !== '' && this.options.checked) || this.daysLeft === 0 || !isLan(peer))) return undefined;
    const known = await store.find(deviceId);
    if (known?.revoked) return undefined;
    if (known?.boundClientId !== undefined) return goesOn(known, clientId) ? known : undefined;
    if (this.daysLeft === 0) return undefined;
    const awaited = isAwaited(known);
    const may = isLan(peer)
      ? awaited || (proven && this.#mayBind(known)) || this.#unlistedMay(known)
      : awaited && proven;
    return may ? this.#bind(known, moving) : undefined;
  }

  async #bind(
    known: DeviceRecord | undefined,
    { deviceId, clientId, peer }: MovingDevice,
  ): Promise<DeviceRecord | undefined> {
    const { store, clock, log } = this.context;
    if (!known)
      await store.seen(
        { deviceId, clientId, board: undefined, firmwareVersion: undefined, language: '' },
        clock.wallMs(),
      );
    const bound = await store.bindWithin(this.limitFor(known), deviceId, clientId, 'import', clock.wallMs());
    if (bound) log.info('device of the old server taken over', { deviceId, address: peer.address });
    return bound;
  }

  /**
   * Whether a device that is on no list may be bound. It may only if no list was imported and devices of this network
   * are trusted anyway.
   */
  #unlistedMay(known: DeviceRecord | undefined): boolean {
    return !this.options.listed && this.context.trustsNetwork() && this.#mayBind(known);
  }

  #mayBind(known: DeviceRecord | undefined): boolean {
    return known?.boundBy === undefined;
  }
}

/** Whether the device is on the old server's list and has not connected yet. */
export function isAwaited(known: DeviceRecord | undefined): boolean {
  return known?.boundBy === 'import' && known.boundClientId === undefined && !known.revoked;
}

/**
 * Whether the device was moved over and has not used a token of ours yet. Our token ends the old one, as after a
 * rotation: the old server's token is treated as the generation before our first.
 */
function goesOn(known: DeviceRecord, clientId: string): boolean {
  return (
    known.boundBy === 'import' &&
    known.boundClientId === clientId &&
    known.tokenGeneration === firstGeneration(known.firstSeenMs) &&
    known.previousGenerationValid
  );
}
