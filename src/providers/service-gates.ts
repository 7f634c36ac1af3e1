import { Recent } from './recent.js';
import { ServiceGate, type ServiceGateOptions } from './service-gate.js';

const MOST_GATES = 100;

/**
 * Keeps a gate while the keys and limits of the service stay the same. A change of other settings then loses neither
 * the count of the last minute nor the pauses.
 */
export class ServiceGates {
  readonly #gates = new Recent<ServiceGate>(MOST_GATES);

  of(options: ServiceGateOptions): ServiceGate {
    const { kind, service, concurrent, perMinute, keys } = options;
    const key = JSON.stringify([kind, service, concurrent, perMinute, keys]);
    return this.#gates.of(key, () => new ServiceGate(options));
  }
}
