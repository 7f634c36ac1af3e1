import { FIELDS, isReference, showValue } from '../config/index.js';
import { type Bilingual } from '../core/index.js';
import type { LeftEntry, TakenEntry, TodoEntry } from './report.js';
import { movingOverWords } from './words.js';

/** Longest name of a device, an agent, a person or a service. */
export const MAX_NAME_CHARS = 64;
/** Limit on the entries of a report. A hostile file may cause more than anybody can read. */
const MAX_ENTRIES = 500;

export class Draft {
  readonly values = new Map<string, unknown>();
  readonly taken: TakenEntry[] = [];
  readonly left: LeftEntry[] = [];
  readonly todo: TodoEntry[] = [];
  untouched = 0;

  /**
   * Returns false and reports the value if the field rejects it, or if Chorus would read it from a file or a variable.
   */
  set(from: string, key: string, value: unknown): boolean {
    return this.#take(from, key, value, (accepted) => accepted);
  }

  /** Adds to a key that maps names to entries. Earlier entries are kept. */
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
    // On the old server, a value that begins with `file:` or `env:` was plain text. Chorus would read that file or
    // variable, and might send its content to an untrusted address.
    if (isReference(value)) {
      this.skip(from, movingOverWords.reference(key));
      return false;
    }
    this.values.set(key, become(value));
    push(this.taken, { from, to: key, value: field.secret ? '***' : shown(value) });
    return true;
  }

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

function push<T>(list: T[], entry: T): void {
  if (list.length < MAX_ENTRIES) list.push(entry);
}

/** Hides the user, the password and the query of addresses. */
export function shown(value: unknown): string {
  return showValue(value)
    .replaceAll(/\/\/[^/@\s"]+@/g, '//***@')
    .replaceAll(/(:\/\/[^\s"?]*)\?[^\s"]*/g, '$1?***');
}
