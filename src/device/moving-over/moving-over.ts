import { sleep, type Clock, type Logger, DAY_MS } from '../../core/index.js';
import { firstGeneration, type DeviceRecord, type DeviceStore } from '../../platform/store/index.js';
import { isFixedOfOld, isSignedByOld, type OldTokens } from './tokens.js';
import { isLan, type Peer } from '../../platform/inbound/index.js';

export interface MovingOverOptions extends OldTokens {
  readonly importedMs: number;
  /** Days after the import (`auth.migration_days`). */
  readonly days: number;
  /** True if the old server's list of devices was imported. Other devices are then not admitted. */
  readonly listed: boolean;
  /** True if the old server checked tokens. Otherwise, a device may show a token of any earlier server. */
  readonly checked: boolean;
}

interface MovingOverContext {
  /** True if `auth.pairing` is `lan` or `open`, so that devices of this network are trusted anyway. */
  readonly trustsNetwork: () => boolean;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A device that connects with the credentials of the old server. */
export interface MovingDevice {
  readonly deviceId: string;
  readonly clientId: string;
  /** `''` if the device showed none. */
  readonly token: string;
  readonly peer: Peer;
  /** True for a web page in a browser. Any page that somebody in this network opens could send the request. */
  readonly browser: boolean;
}

/** The limit is low, because anybody in the network could invent unlisted devices. */
const UNLISTED_MAX = 200;
/** Practically no limit. */
const LISTED_MAX = 1_000_000;

/**
 * Takes over devices of the old server for `auth.migration_days` after the import. A device must then come from the
 * local network, unless it is on the old server's list and has a valid token. The old token works until the device has
 * used a token of this server.
 */
export class MovingOver {
  constructor(
    private readonly options: MovingOverOptions,
    private readonly context: MovingOverContext,
  ) {}

  /** Rounded up. 0 if the time is over. */
  get daysLeft(): number {
    return Math.max(0, Math.ceil((this.endsMs - this.context.clock.wallMs()) / DAY_MS));
  }

  get endsMs(): number {
    return this.options.importedMs + this.options.days * DAY_MS;
  }

  /** Logs the remaining days once a day. Resolves when the time is over, and rejects with the signal's reason. */
  async logDaysLeft(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.context;
    while (this.daysLeft > 0) {
      log.info('devices of the old server are taken over without a code', { daysLeft: this.daysLeft });
      await sleep(clock, Math.min(DAY_MS, Math.max(1000, this.endsMs - clock.wallMs())), signal);
    }
    log.info('moving over has ended: devices that did not come need a code (auth.migration_days)');
  }

  /** Whether an OTA request binds this device at once. OTA requests carry no token. */
  bindsAtOnce(known: DeviceRecord | undefined, peer: Peer, browser: boolean): boolean {
    if (this.daysLeft === 0 || browser || !isLan(peer) || known?.revoked || known?.boundClientId !== undefined)
      return false;
    return isAwaited(known) || this.#unlistedMay(known, false);
  }

  /** Maximum number of devices that may be bound. The limit depends on whether `known` is on the old server's list. */
  limitFor(known: DeviceRecord | undefined): number {
    return isAwaited(known) ? LISTED_MAX : UNLISTED_MAX;
  }

  /** Returns the device if it may still connect as a device of the old server. */
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
    const may = isLan(peer) ? awaited || this.#unlistedMay(known, proven) : awaited && proven;
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

  /** Unlisted devices may be bound only if no list was imported. They need a token if this network is not trusted. */
  #unlistedMay(known: DeviceRecord | undefined, proven: boolean): boolean {
    return !this.options.listed && (proven || this.context.trustsNetwork()) && known?.boundBy === undefined;
  }
}

/** Whether the device is on the old server's list and has not connected yet. */
export function isAwaited(known: DeviceRecord | undefined): boolean {
  return known?.boundBy === 'import' && known.boundClientId === undefined && !known.revoked;
}

/** True until a moved device uses a token of this server. Its old token counts as the generation before the first. */
function goesOn(known: DeviceRecord, clientId: string): boolean {
  return (
    known.boundBy === 'import' &&
    known.boundClientId === clientId &&
    known.tokenGeneration === firstGeneration(known.firstSeenMs) &&
    known.previousGenerationValid
  );
}
