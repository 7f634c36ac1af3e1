import { Recent } from './recent.js';
import { ServiceGate, type ServiceGateOptions } from './service-gate.js';

/** Limit, far above the number of services in one configuration. */
const MOST_GATES = 100;

/**
 * Keeps the gate of each service while its keys and limits stay the same. A change of other settings then loses neither
 * the requests of the last minute nor the pauses that the service asked for.
 */
export class ServiceGates {
  readonly #gates = new Recent<ServiceGate>(MOST_GATES);

  of(options: ServiceGateOptions): ServiceGate {
    const { kind, service, concurrent, perMinute, keys } = options;
    const key = JSON.stringify([kind, service, concurrent, perMinute, keys]);
    return this.#gates.of(key, () => new ServiceGate(options));
  }
}
