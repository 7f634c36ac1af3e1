import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { asChorusError, ChorusError, sparing, type Clock, type Logger } from '../../core/index.js';
import type { ActivationRecord, BoundBy, DeviceRecord, DeviceStore } from '../../platform/store/index.js';
import { isAwaited, type MovingOver } from '../moving-over/moving-over.js';
import { WaitingCodes } from './waiting-codes.js';
import { isLan, limitKey, type Peer, RateLimiter, TokenBucket } from '../../platform/inbound/index.js';
import { deviceWords } from '../words.js';

/**
 * Devices that are bound without a code. `lan`: devices of this network; `code`: none; `allowlist`: the listed ones;
 * `open`: all. Any other device has to speak a code.
 */
export type PairingMode = 'lan' | 'code' | 'allowlist' | 'open';

export interface PairingRules {
  readonly mode: PairingMode;
  /** Maximum number of devices that `lan` binds automatically. */
  readonly autoBindMax: number;
  /** New codes for the devices of one address: this many at once, and again every ten minutes. */
  readonly codesPerAddress?: number;
  /** MACs, lower case with colons. */
  readonly allowlist?: readonly string[] | undefined;
}

export interface PairingOptions {
  /** The current rules; read for each device. */
  readonly rules: () => PairingRules;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called for each new code, so that a person at the terminal sees it too. */
  readonly onCode?: ((activation: ActivationRecord) => void) | undefined;
  /** Devices that people bring over from another server. */
  readonly movingOver?: MovingOver | undefined;
}

/** Claims of an OTA request about its device. */
export type DeviceClaim = Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>;

/** Evidence for binding a device without a code. */
export interface PairingEvidence {
  readonly peer: Peer;
  /** The request carried the secret of the data folder, from this machine. */
  readonly local: boolean;
  /** The client is a page in a browser. Any web page that somebody in this network opens could send the request. */
  readonly browser: boolean;
}

export type PairingResult = { readonly bound: DeviceRecord } | { readonly activation: ActivationRecord };

/** The body of `POST <ota>/activate` of a device with a serial number (docs/protocol.md 1.4). */
export interface HmacProof {
  readonly serial: string;
  readonly challenge: string;
  readonly hmac: string;
}

/** 10 minutes: enough for a person to walk to the computer, and too short for an attacker to guess the code. */
export const CODE_LIFETIME_MS = 600_000;
/** A code with less time left is replaced, since it would expire while it is spoken and typed. */
const CODE_LEAST_MS = 60_000;
const CODE_TRIES = 5;
/**
 * Wrong codes that `approve` checks from all sources together. An attacker then guesses one of 100 valid codes within
 * 15 minutes with a chance of 1 in 1000.
 */
const GUESSES = { burst: 10, perSecond: 10 / 900 };
/** Wrong codes from one source: half of the total, so that a guesser does not block other people. */
const GUESSES_OF_ONE = { burst: 5, perSecond: 5 / 900 };
/** New codes for the devices of one source within the lifetime of a code, unless the rules name a number. */
const CODES_PER_ADDRESS = 30;
/** Number of codes that the store keeps. */
const MAX_CODES = 100;
/** `open` binds every device, up to this number. */
const OPEN_MAX = 10_000;

/** Decides which device is trusted, and runs the 6-digit codes. */
export class Pairing {
  readonly #guesses: TokenBucket;
  readonly #guessesOfOne: RateLimiter;
  #newCodes: { readonly perAddress: number; readonly limiter: RateLimiter } | undefined;
  readonly #waiting = new WaitingCodes(MAX_CODES);
  /** Rate-limited log, for events that any device can cause repeatedly. */
  readonly #sparing: Logger;

  constructor(private readonly options: PairingOptions) {
    this.#guesses = new TokenBucket(GUESSES, options.clock);
    this.#guessesOfOne = new RateLimiter(GUESSES_OF_ONE, options.clock);
    this.#sparing = sparing(options.log, options.clock);
  }

  /** Whether every device is admitted, with any id. */
  get open(): boolean {
    return this.options.rules().mode === 'open';
  }

  /** Answers an OTA request with the bound device, or with the code that the device is to speak. */
  async resolve(claim: DeviceClaim, evidence: PairingEvidence): Promise<PairingResult> {
    const { store, clock, log } = this.options;
    const known = await store.find(claim.deviceId);
    // Anybody can work out the addresses and Client-Ids of the simulated devices of `chorus` commands. So they count as
    // bound only with the secret of the data folder.
    const proven = known?.boundBy !== 'local' || evidence.local;
    if (known && proven && isBoundTo(known, claim.clientId)) return { bound: await this.#seenAgain(claim, known) };
    const taken = known?.boundClientId !== undefined;
    const by = this.#bindsAtOnce(claim, known, evidence);
    // A client that claims the MAC of a bound device must not overwrite the record, unless it is bound instead.
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
    // People do not see the code of a simulated device that asks without the secret. `chorus doctor` asks like this to
    // test pairing.
    return { activation: await this.#activation(claim, evidence.peer, known?.boundBy !== 'local') };
  }

  /**
   * Admits a WebSocket without a valid token in the mode `open`. Undefined in other modes, and for a revoked device.
   */
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
   * Binds the device whose code a person has entered. Undefined: the code is wrong, used or expired; the answer does
   * not say which. `source`: the client that enters it. Error: `auth.rate_limited` after too many wrong codes.
   */
  async approve(code: string, source: string): Promise<DeviceRecord | undefined> {
    const { store, clock, log } = this.options;
    // Counts each guess before the check, and takes the count back if the code was right. A thousand simultaneous
    // guesses therefore get only a few checks.
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

  /** Whether the device is bound: the answer to `POST <ota>/activate`. */
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
    // Without a key the proof cannot be verified, so it must never count (docs/protocol.md, checklist 13). The next OTA
    // request tells the device that it is bound.
    if (key === undefined) return 'pending';
    const activation = await store.activationOf(deviceId, clientId);
    const fresh =
      activation !== undefined &&
      activation.expiresMs > this.options.clock.wallMs() &&
      activation.challenge === proof.challenge;
    if (!fresh || !isHmac(proof.hmac, key, proof.challenge)) return 'refused';
    if (!bound) return 'pending';
    // A challenge is valid once: of two equal requests only one succeeds.
    return (await store.dropActivation(deviceId, clientId)) ? 'bound' : 'refused';
  }

  /**
   * Records the visit. If the disk is full, only this record is lost: the answer matters more, because firmware without
   * an answer switches to MQTT.
   */
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
    // Any device can claim a MAC, so only the owner can bind a bound device to another Client-Id. A device whose flash
    // was erased speaks a code. An awaited device is not bound yet. After the time for moving over, an awaited device
    // is treated like any other.
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

  /**
   * Counts a new code. Over the limit: logs, and throws `auth.rate_limited`. The log tells the owner of many devices
   * behind one address (a school) which limit to raise.
   */
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

  /** Error: `auth.rate_limited` if the network of that address has used up its share of the codes. */
  async #makeRoom(address: string, nowMs: number): Promise<void> {
    const room = this.#waiting.roomFor(address, nowMs);
    if (room === 'free') return;
    if (room === 'full') throw new ChorusError('auth.rate_limited', deviceWords.tooManyOfNetwork);
    await this.options.store.dropActivation(room.deviceId, room.clientId);
    this.#waiting.drop(room.deviceId, room.clientId);
  }

  /** `announced`: the code is shown to people. */
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
