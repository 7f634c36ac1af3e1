import { Recent } from './recent.js';
import { ServiceGate, type ServiceGateOptions } from './service-gate.js';

/** Far more than the services of one configuration. */
const MOST_GATES = 100;

/**
 * Keeps the gate of each service while its keys and limits stay the same. When other settings change, the requests of
 * the last minute and the pauses that the service asked for are still known.
 */
export class ServiceGates {
  readonly #gates = new Recent<ServiceGate>(MOST_GATES);

  of(options: ServiceGateOptions): ServiceGate {
    const { kind, service, concurrent, perMinute, keys } = options;
    const key = JSON.stringify([kind, service, concurrent, perMinute, keys]);
    return this.#gates.of(key, () => new ServiceGate(options));
  }
}
