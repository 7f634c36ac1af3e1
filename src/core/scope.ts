import { setMaxListeners } from 'node:events';
import { Cancelled, isCancelled } from './errors/index.js';

/** All open scopes and tasks below a scope, for the drain and the leak tests. */
export interface ScopeTree {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly children: readonly ScopeTree[];
}

/**
 * Owns asynchronous work. Closing aborts the signal, closes the children, waits for the tasks and runs the finalisers
 * in reverse order. A scope closes with its parent.
 */
export class Scope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #tasks = new Map<Promise<void>, string>();
  readonly #children = new Set<Scope>();
  readonly #finalisers: (() => void | Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  constructor(
    readonly name: string,
    /** Called when a finaliser fails, or when a task fails for another reason than cancellation. */
    private readonly onError: (name: string, error: unknown) => void,
    private readonly parent?: Scope,
  ) {
    // Each running operation listens to this signal, so more than ten listeners are no leak.
    setMaxListeners(0, this.#controller.signal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  child(name: string): Scope {
    const scope = new Scope(name, this.onError, this);
    if (this.closed) {
      scope.#closing = Promise.resolve();
      scope.#controller.abort(this.signal.reason);
    } else {
      this.#children.add(scope);
    }
    return scope;
  }

  /** Runs `work` as a task, unless the scope is closed. `onError` gets its failure, so the caller needs no handler. */
  fork(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.closed) return;
    const task = work(this.signal)
      .catch((error: unknown) => {
        if (!isCancelled(error)) this.onError(`${this.name}/${name}`, error);
      })
      .finally(() => this.#tasks.delete(task));
    this.#tasks.set(task, name);
  }

  /** In a closed scope, the finaliser runs at once. */
  onClose(finaliser: () => void | Promise<void>): void {
    if (this.closed) this.#runFinaliser(finaliser).catch(() => undefined);
    else this.#finalisers.push(finaliser);
  }

  close(reason = 'closed'): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  tree(): ScopeTree {
    return {
      name: this.name,
      tasks: [...this.#tasks.values()],
      children: [...this.#children].map((child) => child.tree()),
    };
  }

  async #close(reason: string): Promise<void> {
    this.#controller.abort(new Cancelled(`${this.name}: ${reason}`));
    await Promise.all([...this.#children].map((child) => child.close(reason)));
    await Promise.all(this.#tasks.keys());
    for (const finaliser of this.#finalisers.reverse()) await this.#runFinaliser(finaliser);
    this.#finalisers.length = 0;
    if (this.parent) this.parent.#children.delete(this);
  }

  async #runFinaliser(finaliser: () => void | Promise<void>): Promise<void> {
    try {
      await finaliser();
    } catch (error) {
      this.onError(`${this.name}/close`, error);
    }
  }
}
