import type { Clock } from '../../core/index.js';
import type { FleetTransport } from './fleet-device.js';
import type { FleetOptions } from './run-options.js';
import { StallingProxy } from './stalling-proxy.js';

export interface NetworkTransport extends FleetTransport {
  close(): Promise<void>;
}

/** Uses real sockets, with a proxy that stalls in scenario `slow-links`. `stream` names the proxy's random numbers. */
export function networkTransport(
  run: FleetOptions,
  context: { readonly clock: Clock; readonly stream: string },
): NetworkTransport {
  if (run.scenario !== 'slow-links')
    return { boot: (device, signal) => device.boot(signal), close: () => Promise.resolve() };
  const proxy = new StallingProxy({ clock: context.clock, seed: run.seed, stream: context.stream });
  return {
    async boot(device, signal) {
      await device.boot(signal);
      const { address } = device;
      if (address) device.useAddress(await proxy.through(address.url), address.token);
    },
    close: () => proxy.close(),
  };
}
