import { FIELDS, isReference, showValue } from '../config/index.js';
import { type Bilingual } from '../core/index.js';
import type { LeftEntry, TakenEntry, TodoEntry } from './report.js';
import { movingOverWords } from './words.js';

/** Longest name of a device, an agent, a person or a service. */
export const MAX_NAME_CHARS = 64;
/** Limit on the entries of a report. Nobody reads more, and a hostile file may cause far more. */
const MAX_ENTRIES = 500;

/** A plan in progress: values for the configuration, and the entries of the report. */
export class Draft {
  readonly values = new Map<string, unknown>();
  readonly taken: TakenEntry[] = [];
  readonly left: LeftEntry[] = [];
  readonly todo: TodoEntry[] = [];
  untouched = 0;

  /** Sets a key. If its field rejects the value, the report says so and the method returns false. */
  set(from: string, key: string, value: unknown): boolean {
    return this.#take(from, key, value, (accepted) => accepted);
  }

  /** Like `set`, for a key that maps names to entries. Entries that were set before are kept. */
  add(from: string, key: string, entries: Readonly<Record<string, unknown>>): boolean {
    return this.#take(from, key, entries, (accepted) => ({
      ...(this.values.get(key) as object | undefined),
      ...(accepted as object),
    }));
  }

  #take(from: string, key: string, value: unknown, become: (accepted: unknown) => unknown): boolean {
    const field = FIELDS.get(key);
    const checked = field?.schema.safeParse(value);
    if (!field || !checked?.success) {
      this.skip(
        from,
        field?.secret ? movingOverWords.refusedSecret(key) : movingOverWords.refused(key, showValue(value)),
      );
      return false;
    }
    // On the old server, a value that began with `file:` or `env:` was plain text. Chorus would read that file or
    // variable instead, and could send its content to an address from the same untrusted configuration.
    if (holdsReference(value)) {
      this.skip(from, movingOverWords.reference(key));
      return false;
    }
    this.values.set(key, become(value));
    push(this.taken, { from, to: key, value: field.secret ? '***' : shown(value) });
    return true;
  }

  /** Reports a value that is imported, but not into the configuration file. */
  keep(from: string, to: string, value: string): void {
    push(this.taken, { from, to, value });
  }

  skip(from: string, why: Bilingual): void {
    push(this.left, { from, why });
  }

  ask(from: string, what: Bilingual): void {
    push(this.todo, { from, what });
  }
}

/** Whether Chorus would read the value, or a value inside it, from a file or an environment variable. */
export function holdsReference(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsReference);
  return isReference(value);
}

function push<T>(list: T[], entry: T): void {
  if (list.length < MAX_ENTRIES) list.push(entry);
}

/** Hides the user, the password and the query of addresses. */
export function shown(value: unknown): string {
  return showValue(value)
    .replaceAll(/\/\/[^/@\s"]+@/g, '//***@')
    .replaceAll(/(:\/\/[^\s"?]*)\?[^\s"]*/g, '$1?***');
}
