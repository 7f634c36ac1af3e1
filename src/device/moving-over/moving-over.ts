import { sleep, type Clock, type Logger } from '../../core/index.js';
import { firstGeneration, type DeviceRecord, type DeviceStore } from '../../platform/store/index.js';
import { isFixedOfOld, isSignedByOld, type OldTokens } from './tokens.js';
import { isLan, type Peer } from '../../platform/inbound/peers.js';

/** The import from another server, and the time until which its devices may use their old credentials. */
export interface MovingOverOptions extends OldTokens {
  /** When it was imported. */
  readonly importedMs: number;
  /** `auth.migration_days`. */
  readonly days: number;
  /** The old server's list of devices was imported too: a device that is not on it has no claim. */
  readonly listed: boolean;
  /** The old server checked tokens; if it did not, devices may show tokens of any earlier server. */
  readonly checked: boolean;
}

interface MovingOverContext {
  /** `auth.pairing` is `lan` or `open`: devices of this network are trusted anyway. */
  readonly trustsNetwork: () => boolean;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A device that connects with the credentials of the old server. */
export interface MovingDevice {
  readonly deviceId: string;
  readonly clientId: string;
  /** `''`: none was shown. */
  readonly token: string;
  readonly peer: Peer;
  /** A page in a browser: any web page that somebody in this network opens could ask. */
  readonly browser: boolean;
}

const DAY_MS = 86_400_000;
/** Devices that are bound without being on a list; bounded, since anybody in the network could make them up. */
const UNLISTED_MAX = 200;
/** Devices of a list: as many as there are. */
const LISTED_MAX = 1_000_000;

/**
 * Lets devices of the old server in while people move over, for `auth.migration_days` from the import. Only from the
 * local network; from elsewhere only a device of the old server's list that shows a token. Whoever was let in is bound,
 * and its old token goes on working (as long as it would have there) until it has used one of ours. A revoked device
 * stays revoked, and a MAC that is bound belongs to the client that it is bound to.
 */
export class MovingOver {
  constructor(
    private readonly options: MovingOverOptions,
    private readonly context: MovingOverContext,
  ) {}

  /** Days left, rounded up; 0: it is over. */
  get daysLeft(): number {
    return Math.max(0, Math.ceil((this.endsMs - this.context.clock.wallMs()) / DAY_MS));
  }

  get endsMs(): number {
    return this.options.importedMs + this.options.days * DAY_MS;
  }

  /** Logs once a day how long it still lasts, and its end. Resolves then; rejects with the signal's reason. */
  async logDaysLeft(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.context;
    while (this.daysLeft > 0) {
      log.info('devices of the old server are taken over without a code', { daysLeft: this.daysLeft });
      await sleep(clock, Math.min(DAY_MS, Math.max(1000, this.endsMs - clock.wallMs())), signal);
    }
    log.info('moving over has ended: devices that did not come need a code (auth.migration_days)');
  }

  /** Whether a device that asks for its settings is bound at once; an OTA request has no token. */
  bindsAtOnce(known: DeviceRecord | undefined, peer: Peer, browser: boolean): boolean {
    if (this.daysLeft === 0 || browser || !isLan(peer) || known?.revoked || known?.boundClientId !== undefined)
      return false;
    return isAwaited(known) || this.#unlistedMay(known);
  }

  /** How many devices may be bound this way. */
  limitFor(known: DeviceRecord | undefined): number {
    return isAwaited(known) ? LISTED_MAX : UNLISTED_MAX;
  }

  /** The device, if its credentials were valid at the old server and may still be used. */
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

  /** A device on no list: accepted only if there is none and devices of this network are trusted anyway. */
  #unlistedMay(known: DeviceRecord | undefined): boolean {
    return !this.options.listed && this.context.trustsNetwork() && this.#mayBind(known);
  }

  #mayBind(known: DeviceRecord | undefined): boolean {
    return known?.boundBy === undefined;
  }
}

/** On the old server's list, and not here yet. */
export function isAwaited(known: DeviceRecord | undefined): boolean {
  return known?.boundBy === 'import' && known.boundClientId === undefined && !known.revoked;
}

/**
 * It was moved over and has not used a token of ours yet: our token ends the old one, as after a rotation. Before the
 * first generation comes the token of the old server.
 */
function goesOn(known: DeviceRecord, clientId: string): boolean {
  return (
    known.boundBy === 'import' &&
    known.boundClientId === clientId &&
    known.tokenGeneration === firstGeneration(known.firstSeenMs) &&
    known.previousGenerationValid
  );
}
