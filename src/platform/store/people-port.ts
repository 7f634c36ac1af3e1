/** A person whose voice is known. The service that recognises voices, here or elsewhere, stores the voiceprint. */
export interface PersonRecord {
  /** Id at the service that recognises voices. */
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
}

export const MAX_PEOPLE = 100;

/** Errors: those of `DeviceStore`. */
export interface PeopleStore {
  /** Sorted by name. */
  people(): Promise<readonly PersonRecord[]>;
  /** Returns false if there are already {@link MAX_PEOPLE}. */
  keep(person: PersonRecord): Promise<boolean>;
  rename(id: string, name: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}
