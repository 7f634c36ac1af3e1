import { isDeepStrictEqual } from 'node:util';
import type { Scope } from '../../../core/index.js';

export interface Runnable<Settings extends { readonly name: string }> {
  readonly settings: Settings;
  run(signal: AbortSignal): Promise<void>;
}

/** Runs one object for each entry of a list, which may change while the server runs. */
export class RunningByName<Settings extends { readonly name: string }, One extends Runnable<Settings>> {
  readonly #running = new Map<string, { readonly one: One; readonly scope: Scope }>();

  constructor(
    /** For names of scopes, e.g. `mcp server`. */
    private readonly kind: string,
    private readonly scope: Scope,
    private readonly create: (settings: Settings) => One,
  ) {}

  get all(): readonly One[] {
    return [...this.#running.values()].map(({ one }) => one);
  }

  /** Does not touch unchanged entries. */
  apply(entries: readonly Settings[]): void {
    const wanted = new Map(entries.map((settings) => [settings.name, settings]));
    for (const [name, { one, scope }] of this.#running) {
      if (isDeepStrictEqual(wanted.get(name), one.settings)) continue;
      this.#running.delete(name);
      this.scope.fork(`end of ${this.kind}`, () => scope.close('no longer configured'));
    }
    for (const [name, settings] of wanted) {
      if (this.#running.has(name)) continue;
      const one = this.create(settings);
      const scope = this.scope.child(`${this.kind} ${name}`);
      this.#running.set(name, { one, scope });
      scope.fork('connection', (signal) => one.run(signal));
    }
  }
}
