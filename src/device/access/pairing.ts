import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { asChorusError, both, ChorusError, sparing, type Clock, type Logger } from '../../core/index.js';
import type { ActivationRecord, BoundBy, DeviceRecord, DeviceStore } from '../../platform/store/index.js';
import { isAwaited, type MovingOver } from '../moving-over/moving-over.js';
import { WaitingCodes } from './waiting-codes.js';
import { isLan, limitKey, type Peer } from '../../platform/inbound/peers.js';
import { RateLimiter, TokenBucket } from '../../platform/inbound/rate-limit.js';

/**
 * `lan`: devices of this network are bound at once; `code`: nobody is; `allowlist`: the listed ones are; `open`:
 * everybody is. Whoever is not needs the spoken code.
 */
export type PairingMode = 'lan' | 'code' | 'allowlist' | 'open';

export interface PairingRules {
  readonly mode: PairingMode;
  /** How many devices `lan` binds by itself. */
  readonly autoBindMax: number;
  /** New codes that devices of one address get at once, and again in ten minutes. */
  readonly codesPerAddress?: number;
  /** MACs, lower case with colons. */
  readonly allowlist?: readonly string[] | undefined;
}

export interface PairingOptions {
  /** As they are in force: asked for each device. */
  readonly rules: () => PairingRules;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called for each new code, so that a person at the terminal sees it too. */
  readonly onCode?: ((activation: ActivationRecord) => void) | undefined;
  /** Devices of another server that people are moving over from. */
  readonly movingOver?: MovingOver | undefined;
}

/** What an OTA request says of the device; claims. */
export type DeviceClaim = Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>;

/** What speaks for binding a device without a code. */
export interface Circumstances {
  readonly peer: Peer;
  /** The request carried the secret of the data folder, from this machine. */
  readonly local: boolean;
  /** A page in a browser asks: any web page that a person in this network opens could. */
  readonly browser: boolean;
}

export type PairingResult = { readonly bound: DeviceRecord } | { readonly activation: ActivationRecord };

/** The body of `POST <ota>/activate` of a device with a serial number (docs/protocol.md 1.4). */
export interface HmacProof {
  readonly serial: string;
  readonly challenge: string;
  readonly hmac: string;
}

/** 10 minutes; a person must walk to the computer, and a guesser must not have long. */
export const CODE_LIFETIME_MS = 600_000;
/** A code that would end while it is being spoken and typed is replaced. */
const CODE_LEAST_MS = 60_000;
const CODE_TRIES = 5;
/**
 * Wrong codes of all sources before `approve` refuses: with 100 codes in force, a chance of one in 1000 per quarter of
 * an hour.
 */
const GUESSES = { burst: 10, perSecond: 10 / 900 };
/** Wrong codes of one source: half of all, so that one who guesses does not keep another from entering a code. */
const GUESSES_OF_ONE = { burst: 5, perSecond: 5 / 900 };
/** New codes that devices of one source get in the lifetime of a code, where the rules name no number. */
const CODES_PER_ADDRESS = 30;
/** As many as the store keeps. */
const MAX_CODES = 100;
/** `open` binds everybody, but not without end. */
const OPEN_MAX = 10_000;

/** Decides which device is trusted, and runs the 6-digit codes. */
export class Pairing {
  readonly #guesses: TokenBucket;
  readonly #guessesOfOne: RateLimiter;
  #newCodes: { readonly perAddress: number; readonly limiter: RateLimiter } | undefined;
  readonly #waiting = new WaitingCodes(MAX_CODES);
  /** For what any device can cause again and again. */
  readonly #sparing: Logger;

  constructor(private readonly options: PairingOptions) {
    this.#guesses = new TokenBucket(GUESSES, options.clock);
    this.#guessesOfOne = new RateLimiter(GUESSES_OF_ONE, options.clock);
    this.#sparing = sparing(options.log, options.clock);
  }

  /** Everybody is let in, whatever they call themselves. */
  get open(): boolean {
    return this.options.rules().mode === 'open';
  }

  /** Answers an OTA request: the bound device, or the code that it is to speak. */
  async resolve(claim: DeviceClaim, circumstances: Circumstances): Promise<PairingResult> {
    const { store, clock, log } = this.options;
    const known = await store.find(claim.deviceId);
    // The simulated devices of commands have addresses and Client-Ids that anybody can work out: they are who they say
    // only where the command shows the secret.
    const proven = known?.boundBy !== 'local' || circumstances.local;
    if (known && proven && isBoundTo(known, claim.clientId)) return { bound: await this.#seenAgain(claim, known) };
    const taken = known?.boundClientId !== undefined;
    const by = this.#bindsAtOnce(claim, known, circumstances);
    // What is on record of a bound device is not overwritten by somebody else who claims its MAC.
    if (!taken || by) await store.seen(claim, clock.wallMs());
    if (by) {
      const bound = await this.#bind(claim, by, known);
      if (bound) {
        log.info('device bound', { deviceId: claim.deviceId, by, board: claim.board });
        return { bound };
      }
      this.#sparing.warn('device not bound by itself: auth.auto_bind_max is reached', { deviceId: claim.deviceId });
    }
    if (taken && known?.boundBy !== 'local')
      this.#sparing.warn('a paired device asks with another Client-Id: it was reset, or another claims its address', {
        deviceId: claim.deviceId,
        address: circumstances.peer.address,
      });
    // A simulated device of a command that asks without its secret (the doctor's, on the way of a real one) is
    // nobody's to approve.
    return { activation: await this.#activation(claim, circumstances.peer, known?.boundBy !== 'local') };
  }

  /** For the mode `open`: a WebSocket without a valid token. Undefined in other modes, and for a revoked device. */
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
   * Binds the device whose code a person has entered. Undefined: no such code (wrong, used, expired).
   * Whatever is wrong with it, the answer is the same. `source`: who enters it. Error: `auth.rate_limited` after too
   * many wrong ones.
   */
  async approve(code: string, source: string): Promise<DeviceRecord | undefined> {
    const { store, clock, log } = this.options;
    // Counted before it is looked at, and given back to who was right: of a thousand guesses that come at once only the
    // first few are looked at.
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
    if (!(await store.find(deviceId)))
      await store.seen(
        { deviceId, clientId, board: undefined, firmwareVersion: undefined, language: '' },
        clock.wallMs(),
      );
    const device = await store.bind(deviceId, clientId, 'code', clock.wallMs());
    log.info('device bound', { deviceId, by: 'code' });
    return device;
  }

  /** Whether the device may go on: the answer to `POST <ota>/activate`. */
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
    // Its proof cannot be checked, so it must never count (docs/protocol.md, checklist 13). It learns of its binding by
    // the next OTA request.
    if (key === undefined) return 'pending';
    const activation = await store.activationOf(deviceId, clientId);
    const fresh =
      activation !== undefined &&
      activation.expiresMs > this.options.clock.wallMs() &&
      activation.challenge === proof.challenge;
    if (!fresh || !isHmac(proof.hmac, key, proof.challenge)) return 'refused';
    if (!bound) return 'pending';
    // Each challenge counts once: of two equal requests one gets it.
    return (await store.dropActivation(deviceId, clientId)) ? 'bound' : 'refused';
  }

  /**
   * That a bound device was here is worth less than its answer: firmware without one turns to MQTT. A full disk costs
   * only the note.
   */
  async #seenAgain(claim: DeviceClaim, known: DeviceRecord): Promise<DeviceRecord> {
    const { store, clock, log } = this.options;
    try {
      return await store.seen(claim, clock.wallMs());
    } catch (error) {
      log.warn('a device could not be noted', {
        deviceId: claim.deviceId,
        code: asChorusError(error, 'store.failed').code,
      });
      return known;
    }
  }

  #bindsAtOnce(
    claim: DeviceClaim,
    known: DeviceRecord | undefined,
    { peer, local, browser }: Circumstances,
  ): BoundBy | undefined {
    if (local) return 'local';
    const { mode, allowlist = [] } = this.options.rules();
    if (known?.revoked) return undefined;
    if (this.options.movingOver?.bindsAtOnce(known, peer, browser)) return 'import';
    if (mode === 'code') return undefined;
    if (mode === 'open') return 'open';
    // One that is waited for belongs to nobody yet; when moving over has ended, it is a device like any other.
    const boundBy = isAwaited(known) ? undefined : known?.boundBy;
    if (mode === 'allowlist')
      return allowlist.includes(claim.deviceId) && boundBy === undefined ? 'allowlist' : undefined;
    // A MAC is a claim, and everybody's to make: only its owner takes a bound device from its Client-Id. One whose
    // flash was erased speaks a code.
    const free = boundBy === undefined || (boundBy === 'lan' && known?.boundClientId === undefined);
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

  /** Throws `auth.rate_limited` and logs it: a school behind one address has to raise the limit. */
  #takeCode(deviceId: string, { address }: Peer): void {
    const { rules, clock } = this.options;
    const perAddress = rules().codesPerAddress ?? CODES_PER_ADDRESS;
    if (this.#newCodes?.perAddress !== perAddress) {
      const rate = { burst: perAddress, perSecond: perAddress / (CODE_LIFETIME_MS / 1000) };
      this.#newCodes = { perAddress, limiter: new RateLimiter(rate, clock) };
    }
    if (this.#newCodes.limiter.take(limitKey(address))) return;
    this.#sparing.warn('no pairing code for a device: auth.codes_per_address is reached', { deviceId, address });
    throw new ChorusError(
      'auth.rate_limited',
      both('too many devices of one address ask for a pairing code', '同一个地址有太多设备在要配对码'),
    );
  }

  /** Error: `auth.rate_limited`, where the network of that address has its part of the codes. */
  async #makeRoom(address: string, nowMs: number): Promise<void> {
    const room = this.#waiting.roomFor(address, nowMs);
    if (room === 'free') return;
    if (room === 'full')
      throw new ChorusError(
        'auth.rate_limited',
        both('too many devices of one network wait for a pairing code', '同一个网络有太多设备在等配对码'),
      );
    await this.options.store.dropActivation(room.deviceId, room.clientId);
    this.#waiting.drop(room.deviceId, room.clientId);
  }

  /** `announced`: people are shown the code. */
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
  return new ChorusError(
    'auth.rate_limited',
    both('too many wrong pairing codes; wait a few minutes', '输错的配对码太多，请等几分钟'),
  );
}

function isBoundTo(device: DeviceRecord, clientId: string): boolean {
  return !device.revoked && device.boundAtMs !== undefined && device.boundClientId === clientId;
}

function isHmac(hex: string, keyHex: string, challenge: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(hex)) return false;
  return timingSafeEqual(
    Buffer.from(hex, 'hex'),
    createHmac('sha256', Buffer.from(keyHex, 'hex')).update(challenge).digest(),
  );
}
