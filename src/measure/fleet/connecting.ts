import { sleep, type Clock } from '../../core/index.js';
import type { DeviceEvent } from './device-model.js';
import type { SimulatedDevice } from './simulated-device.js';

const PRESS_AGAIN_MS = 2000;

export class Connecting {
  #connections = 0;
  #lost = 0;
  #helloMs: number | undefined;
  #lastHelloMs: number | undefined;
  #fromMs: number | undefined;
  #hangingUp = false;
  #settled: ((connected: boolean) => void) | undefined;

  /** With `pushToTalk`, the button is released at once, so the device is connected and nobody talks. */
  constructor(
    private readonly device: SimulatedDevice,
    private readonly options: { readonly clock: Clock; readonly pushToTalk: boolean },
  ) {}

  get connections(): number {
    return this.#connections;
  }

  /** Connections that the server closed or that broke. */
  get lost(): number {
    return this.#lost;
  }

  /** Time from the button to the hello, for the first connection. */
  get helloMs(): number | undefined {
    return this.#helloMs;
  }

  /** Time from the button to the hello, for the current connection. */
  get lastHelloMs(): number | undefined {
    return this.#lastHelloMs;
  }

  /**
   * Presses the button until there is a connection. After `untilMs`, only the first press is made. Resolves with the
   * number of presses. Rejects only with the signal's reason.
   */
  async connect(untilMs: number, signal: AbortSignal): Promise<number> {
    const { clock, pushToTalk } = this.options;
    for (let tries = 1; ; tries++) {
      if (await this.#press(signal)) {
        if (pushToTalk) this.device.release();
        return tries;
      }
      if (clock.nowMs() + PRESS_AGAIN_MS > untilMs) return tries;
      await sleep(clock, PRESS_AGAIN_MS, signal);
    }
  }

  /** Ends the connection, which then does not count as lost. */
  hangUp(): void {
    this.#hangingUp = true;
    this.device.hangUp();
    this.#hangingUp = false;
  }

  close(): void {
    this.#hangingUp = true;
    this.device.close();
  }

  event(event: DeviceEvent): void {
    if (event.type === 'state' && event.state === 'connecting') this.#fromMs = event.atMs;
    if (event.type === 'state' && event.state === 'listening' && this.#fromMs !== undefined) {
      this.#lastHelloMs = event.atMs - this.#fromMs;
      this.#helloMs ??= this.#lastHelloMs;
      this.#fromMs = undefined;
      this.#connections += 1;
      this.#settled?.(true);
    }
    if (event.type === 'closed') {
      if (this.#fromMs === undefined && !this.#hangingUp) this.#lost += 1;
      this.#fromMs = undefined;
      this.#lastHelloMs = undefined;
      this.#settled?.(false);
    }
  }

  #press(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#settled?.(false);
      this.#settled = (connected) => {
        this.#settled = undefined;
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve(connected);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else if (this.options.pushToTalk) this.device.press();
      else this.device.click();
    });
  }
}
