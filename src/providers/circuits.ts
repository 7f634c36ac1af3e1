import type { Clock } from '../core/index.js';
import { Circuit, SERVICE_CIRCUIT, type CircuitOptions } from './circuit.js';
import { Recent } from './recent.js';

const MOST_CIRCUITS = 100;

/**
 * Keeps the circuit of a service while the settings of the service stay the same. New settings may have cured the
 * failure, so they begin with a new circuit.
 */
export class Circuits {
  readonly #kept = new Recent<Circuit>(MOST_CIRCUITS);
  readonly #ofProviders = new WeakMap<object, Circuit>();

  constructor(private readonly clock: Clock) {}

  kept(settings: readonly unknown[], options: Omit<CircuitOptions, 'clock'> = SERVICE_CIRCUIT): Circuit {
    return this.#kept.of(JSON.stringify(settings), () => new Circuit({ ...options, clock: this.clock }));
  }

  adopt(provider: object, settings: readonly unknown[]): void {
    this.#ofProviders.set(provider, this.kept(settings));
  }

  /** Returns the adopted circuit. Without one, creates a circuit that lives as long as the provider. */
  of(provider: object): Circuit {
    const known = this.#ofProviders.get(provider);
    if (known) return known;
    const made = new Circuit({ ...SERVICE_CIRCUIT, clock: this.clock });
    this.#ofProviders.set(provider, made);
    return made;
  }
}
