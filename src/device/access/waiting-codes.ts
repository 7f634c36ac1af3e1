import { networkKey } from '../../platform/inbound/index.js';

interface Waiting {
  readonly network: string;
  readonly deviceId: string;
  readonly clientId: string;
  readonly expiresMs: number;
}

/** The network with the most codes loses its oldest code at the limit. So endless requests harm only that network. */
export class WaitingCodes {
  /** Oldest first. */
  #codes: Waiting[] = [];

  constructor(private readonly most: number) {}

  /**
   * Call this before creating a code. Returns `free`, or the code to remove first. `full` means that the address gets
   * no code.
   */
  roomFor(address: string, nowMs: number): 'free' | 'full' | Pick<Waiting, 'deviceId' | 'clientId'> {
    this.#codes = this.#codes.filter(({ expiresMs }) => expiresMs > nowMs);
    if (this.#codes.length < this.most) return 'free';
    const own = networkKey(address);
    const counts = new Map<string, number>();
    for (const { network } of this.#codes) counts.set(network, (counts.get(network) ?? 0) + 1);
    const [largest = own] = [...counts].toSorted(([, a], [, b]) => b - a).map(([network]) => network);
    if ((counts.get(own) ?? 0) + 1 >= (counts.get(largest) ?? 0)) return 'full';
    const oldest = this.#codes.find(({ network }) => network === largest);
    return oldest ?? 'full';
  }

  add(address: string, deviceId: string, clientId: string, expiresMs: number): void {
    this.drop(deviceId, clientId);
    this.#codes.push({ network: networkKey(address), deviceId, clientId, expiresMs });
  }

  drop(deviceId: string, clientId: string): void {
    this.#codes = this.#codes.filter((code) => code.deviceId !== deviceId || code.clientId !== clientId);
  }
}
