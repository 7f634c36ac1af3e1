import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { asChorusError, ChorusError, sparing, type Clock, type Logger } from '../../core/index.js';
import type { ActivationRecord, BoundBy, DeviceRecord, DeviceStore } from '../../platform/store/index.js';
import { isAwaited, type MovingOver } from '../moving-over/moving-over.js';
import { WaitingCodes } from './waiting-codes.js';
import { isLan, limitKey, type Peer, RateLimiter, TokenBucket } from '../../platform/inbound/index.js';
import { deviceWords } from '../words.js';

/** Devices that are bound without a code: those in the local network, none, those on a list, or all. */
export type PairingMode = 'lan' | 'code' | 'allowlist' | 'open';

export interface PairingRules {
  readonly mode: PairingMode;
  /** Maximum number of devices that the mode `lan` binds. */
  readonly autoBindMax: number;
  /** New codes for the devices of one address: this many at once, then this many every ten minutes. */
  readonly codesPerAddress?: number;
  /** MACs in lower case with colons. */
  readonly allowlist?: readonly string[] | undefined;
}

export interface PairingOptions {
  /** Called for each device, so changes apply at once. */
  readonly rules: () => PairingRules;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Shows a new code at the terminal. */
  readonly onCode?: ((activation: ActivationRecord) => void) | undefined;
  readonly movingOver?: MovingOver | undefined;
}

/** What an OTA request says about the device. */
export type DeviceClaim = Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>;

/** Facts that decide whether a device is bound without a code. */
export interface PairingEvidence {
  readonly peer: Peer;
  /** True if the request came from this machine and carried the secret of the data folder. */
  readonly local: boolean;
  /** True for a web page in a browser. Any page that somebody in this network opens could send the request. */
  readonly browser: boolean;
}

export type PairingResult = { readonly bound: DeviceRecord } | { readonly activation: ActivationRecord };

/** The body of `POST <ota>/activate`, as sent by a device with a serial number (docs/protocol.md 1.4). */
export interface HmacProof {
  readonly serial: string;
  readonly challenge: string;
  readonly hmac: string;
}

/** Long enough to walk to the computer, and too short to guess the code. */
export const CODE_LIFETIME_MS = 600_000;
/** A code with less time left is replaced, because speaking and typing a code takes time. */
const CODE_LEAST_MS = 60_000;
const CODE_TRIES = 5;
/**
 * For wrong codes from all sources. At this rate, one of 100 codes is guessed in 15 minutes with a chance of 1 in 1000
 * on average, and of 2 in 1000 at most, after a pause.
 */
const GUESSES = { burst: 10, perSecond: 10 / 900 };
/** For wrong codes from one source. Half of {@link GUESSES}, so that one attacker does not block others. */
const GUESSES_OF_ONE = { burst: 5, perSecond: 5 / 900 };
/** Default of `codesPerAddress`. */
const CODES_PER_ADDRESS = 30;
const MAX_CODES = 100;
const OPEN_MAX = 10_000;

/** Decides which devices are trusted, and manages the 6-digit codes. */
export class Pairing {
  readonly #guesses: TokenBucket;
  readonly #guessesOfOne: RateLimiter;
  #newCodes: { readonly perAddress: number; readonly limiter: RateLimiter } | undefined;
  readonly #waiting = new WaitingCodes(MAX_CODES);
  /** Rate-limited, because any device can cause these events again and again. */
  readonly #sparing: Logger;

  constructor(private readonly options: PairingOptions) {
    this.#guesses = new TokenBucket(GUESSES, options.clock);
    this.#guessesOfOne = new RateLimiter(GUESSES_OF_ONE, options.clock);
    this.#sparing = sparing(options.log, options.clock);
  }

  /** Whether the mode admits every device, with any id. */
  get open(): boolean {
    return this.options.rules().mode === 'open';
  }

  /** Answers an OTA request with the bound device, or with a code for the device to speak. */
  async resolve(claim: DeviceClaim, evidence: PairingEvidence): Promise<PairingResult> {
    const { store, clock, log } = this.options;
    const known = await store.find(claim.deviceId);
    // The ids of the simulated devices of `chorus` commands are easy to work out. These devices therefore need the
    // secret of the data folder too.
    const proven = known?.boundBy !== 'local' || evidence.local;
    if (known && proven && isBoundTo(known, claim.clientId)) return { bound: await this.#seenAgain(claim, known) };
    const taken = known?.boundClientId !== undefined;
    const by = this.#bindsAtOnce(claim, known, evidence);
    // A client must not change the record of a device that is bound to another client.
    if (!taken || by) await store.seen(claim, clock.wallMs());
    if (by) {
      const bound = await this.#bind(claim, by, known);
      if (bound) {
        log.info('device bound', { deviceId: claim.deviceId, by, board: claim.board });
        return { bound };
      }
      this.#sparing.warn('device not bound by itself: auth.auto_bind_max is reached', {
        problem: 'device.not_bound',
        deviceId: claim.deviceId,
      });
    }
    if (taken && known.boundBy !== 'local')
      this.#sparing.warn('a paired device asks with another Client-Id: it was reset, or another claims its address', {
        problem: 'device.other_client',
        deviceId: claim.deviceId,
        address: evidence.peer.address,
      });
    // `chorus doctor` tests pairing with a simulated device and no secret, and people should not see its code.
    return { activation: await this.#activation(claim, evidence.peer, known?.boundBy !== 'local') };
  }

  /** Returns undefined for a revoked device, if the mode is not `open`, or if too many devices are bound. */
  async admitWithoutToken(deviceId: string, clientId: string): Promise<DeviceRecord | undefined> {
    const { rules, store, clock } = this.options;
    if (rules().mode !== 'open') return undefined;
    const known = await store.find(deviceId);
    if (known?.revoked) return undefined;
    if (known && isBoundTo(known, clientId)) return known;
    if (!known)
      await store.seen(
        { deviceId, clientId, board: undefined, firmwareVersion: undefined, language: '' },
        clock.wallMs(),
      );
    return this.#bind({ deviceId, clientId }, 'open');
  }

  /**
   * Binds the device with this code. Returns undefined if the code is wrong, used or expired. Wrong codes are limited
   * for each `source` and for all sources together. Error: `auth.rate_limited`.
   */
  async approve(code: string, source: string): Promise<DeviceRecord | undefined> {
    const { store, clock, log } = this.options;
    // Counts a code before checking it. Otherwise many simultaneous guesses would all be checked.
    if (!this.#guessesOfOne.take(source)) throw tooManyGuesses();
    if (!this.#guesses.take()) {
      this.#guessesOfOne.give(source);
      throw tooManyGuesses();
    }
    const digits = code.replace(/[\s-]/g, '');
    const activation = /^\d{6}$/.test(digits) ? await store.takeCode(digits, clock.wallMs()) : undefined;
    if (!activation) return undefined;
    this.#guesses.give();
    this.#guessesOfOne.give(source);
    const { deviceId, clientId } = activation;
    this.#waiting.drop(deviceId, clientId);
    if (!(await store.find(deviceId)))
      await store.seen(
        { deviceId, clientId, board: undefined, firmwareVersion: undefined, language: '' },
        clock.wallMs(),
      );
    const device = await store.bind(deviceId, clientId, 'code', clock.wallMs());
    log.info('device bound', { deviceId, by: 'code' });
    return device;
  }

  /** Answers `POST <ota>/activate`. */
  async activate(
    deviceId: string,
    clientId: string,
    proof: HmacProof | undefined,
  ): Promise<'bound' | 'pending' | 'refused'> {
    const { store } = this.options;
    const device = await store.find(deviceId);
    const bound = device !== undefined && isBoundTo(device, clientId);
    if (!proof) return bound ? 'bound' : 'pending';
    const key = await store.serialKey(proof.serial);
    // Without a key the proof cannot be verified, so it must not be accepted (docs/protocol.md, checklist 13).
    if (key === undefined) return 'pending';
    const activation = await store.activationOf(deviceId, clientId);
    const fresh =
      activation !== undefined &&
      activation.expiresMs > this.options.clock.wallMs() &&
      activation.challenge === proof.challenge;
    if (!fresh || !isHmac(proof.hmac, key, proof.challenge)) return 'refused';
    if (!bound) return 'pending';
    // Only one of two equal requests may succeed.
    return (await store.dropActivation(deviceId, clientId)) ? 'bound' : 'refused';
  }

  /** A full disk must not prevent the answer, because firmware that gets no answer switches to MQTT. */
  async #seenAgain(claim: DeviceClaim, known: DeviceRecord): Promise<DeviceRecord> {
    const { store, clock, log } = this.options;
    try {
      return await store.seen(claim, clock.wallMs());
    } catch (error) {
      log.warn('a device could not be saved', {
        deviceId: claim.deviceId,
        code: asChorusError(error, 'store.failed').code,
      });
      return known;
    }
  }

  #bindsAtOnce(
    claim: DeviceClaim,
    known: DeviceRecord | undefined,
    { peer, local, browser }: PairingEvidence,
  ): BoundBy | undefined {
    if (local) return 'local';
    const { mode, allowlist = [] } = this.options.rules();
    if (known?.revoked) return undefined;
    if (this.options.movingOver?.bindsAtOnce(known, peer, browser)) return 'import';
    if (mode === 'code') return undefined;
    if (mode === 'open') return 'open';
    // Any device can claim a MAC. So only the owner may bind a bound device to another Client-Id. A device whose flash
    // was erased therefore speaks a code.
    const free = known?.boundBy === undefined || isAwaited(known);
    if (mode === 'allowlist') return allowlist.includes(claim.deviceId) && free ? 'allowlist' : undefined;
    return isLan(peer) && !browser && free ? 'lan' : undefined;
  }

  #bind(
    { deviceId, clientId }: Pick<DeviceClaim, 'deviceId' | 'clientId'>,
    by: BoundBy,
    known?: DeviceRecord,
  ): Promise<DeviceRecord | undefined> {
    const { store, clock, rules, movingOver } = this.options;
    if (by === 'import')
      return store.bindWithin(movingOver?.limitFor(known) ?? 0, deviceId, clientId, by, clock.wallMs());
    if (by === 'lan') return store.bindWithin(rules().autoBindMax, deviceId, clientId, by, clock.wallMs());
    if (by === 'open') return store.bindWithin(OPEN_MAX, deviceId, clientId, by, clock.wallMs());
    return store.bind(deviceId, clientId, by, clock.wallMs());
  }

  /** Throws `auth.rate_limited` above the limit. The log tells the owner of many devices which limit to raise. */
  #takeCode(deviceId: string, { address }: Peer): void {
    const { rules, clock } = this.options;
    const perAddress = rules().codesPerAddress ?? CODES_PER_ADDRESS;
    if (this.#newCodes?.perAddress !== perAddress) {
      const rate = { burst: perAddress, perSecond: perAddress / (CODE_LIFETIME_MS / 1000) };
      this.#newCodes = { perAddress, limiter: new RateLimiter(rate, clock) };
    }
    if (this.#newCodes.limiter.take(limitKey(address))) return;
    this.#sparing.warn('no pairing code for a device: auth.codes_per_address is reached', {
      problem: 'device.no_code',
      deviceId,
      address,
    });
    throw new ChorusError('auth.rate_limited', deviceWords.tooManyOfAddress);
  }

  /** Drops an old code if there are too many, or throws `auth.rate_limited`. */
  async #makeRoom(address: string, nowMs: number): Promise<void> {
    const room = this.#waiting.roomFor(address, nowMs);
    if (room === 'free') return;
    if (room === 'full') throw new ChorusError('auth.rate_limited', deviceWords.tooManyOfNetwork);
    await this.options.store.dropActivation(room.deviceId, room.clientId);
    this.#waiting.drop(room.deviceId, room.clientId);
  }

  /** `announced` codes are shown to people. */
  async #activation({ deviceId, clientId }: DeviceClaim, peer: Peer, announced: boolean): Promise<ActivationRecord> {
    const { store, clock, log } = this.options;
    const nowMs = clock.wallMs();
    const current = await store.activationOf(deviceId, clientId);
    if (current?.code !== undefined && current.expiresMs - nowMs >= CODE_LEAST_MS) return current;
    this.#takeCode(deviceId, peer);
    await this.#makeRoom(peer.address, nowMs);
    for (let left = CODE_TRIES; ; left--) {
      const activation: ActivationRecord = {
        deviceId,
        clientId,
        code: String(randomInt(1_000_000)).padStart(6, '0'),
        challenge: randomBytes(16).toString('hex'),
        createdMs: nowMs,
        expiresMs: nowMs + CODE_LIFETIME_MS,
      };
      try {
        await store.putActivation(activation);
        this.#waiting.add(peer.address, deviceId, clientId, activation.expiresMs);
      } catch (error) {
        if (left <= 1 || asChorusError(error).code !== 'store.taken') throw error;
        continue;
      }
      if (announced) {
        log.info('device asks to be bound and speaks a code', { deviceId });
        this.options.onCode?.(activation);
      }
      return activation;
    }
  }
}

function tooManyGuesses(): ChorusError {
  return new ChorusError('auth.rate_limited', deviceWords.tooManyCodes);
}

function isBoundTo(device: DeviceRecord, clientId: string): boolean {
  return !device.revoked && device.boundClientId === clientId;
}

function isHmac(hex: string, keyHex: string, challenge: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(hex)) return false;
  return timingSafeEqual(
    Buffer.from(hex, 'hex'),
    createHmac('sha256', Buffer.from(keyHex, 'hex')).update(challenge).digest(),
  );
}
