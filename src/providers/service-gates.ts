import { Recent } from './recent.js';
import { ServiceGate, type ServiceGateOptions } from './service-gate.js';

/** Maximum number of gates, far above the number of services in one configuration. */
const MOST_GATES = 100;

/**
 * Keeps the gate of each service while the service's keys and limits stay the same. So a change of other settings loses
 * neither the count of the last minute nor the pauses that the service asked for.
 */
export class ServiceGates {
  readonly #gates = new Recent<ServiceGate>(MOST_GATES);

  of(options: ServiceGateOptions): ServiceGate {
    const { kind, service, concurrent, perMinute, keys } = options;
    const key = JSON.stringify([kind, service, concurrent, perMinute, keys]);
    return this.#gates.of(key, () => new ServiceGate(options));
  }
}
