import type { Clock } from '../core/index.js';
import { Circuit, SERVICE_CIRCUIT, type CircuitOptions } from './circuit.js';
import { Recent } from './recent.js';

/** Maximum number of circuits, far above the number of services in one configuration. */
const MOST_CIRCUITS = 100;

/**
 * Keeps the circuit breaker of each service while that service's settings stay the same. So a change of other settings
 * does not make a failing service look healthy. A service with new settings gets a new circuit, because the new
 * settings may have cured the failure.
 */
export class Circuits {
  readonly #kept = new Recent<Circuit>(MOST_CIRCUITS);
  readonly #ofProviders = new WeakMap<object, Circuit>();

  constructor(private readonly clock: Clock) {}

  /** The circuit of the service with these settings. `options` apply only to a new circuit. */
  kept(settings: readonly unknown[], options: Omit<CircuitOptions, 'clock'> = SERVICE_CIRCUIT): Circuit {
    return this.#kept.of(JSON.stringify(settings), () => new Circuit({ ...options, clock: this.clock }));
  }

  /** Gives a new provider the circuit of the earlier provider with the same settings. */
  adopt(provider: object, settings: readonly unknown[]): void {
    this.#ofProviders.set(provider, this.kept(settings));
  }

  /** The circuit of a provider: the adopted one, or otherwise one that lives as long as the provider. */
  of(provider: object): Circuit {
    const known = this.#ofProviders.get(provider);
    if (known) return known;
    const made = new Circuit({ ...SERVICE_CIRCUIT, clock: this.clock });
    this.#ofProviders.set(provider, made);
    return made;
  }
}
