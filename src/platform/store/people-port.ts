/** A person whose voice is known. The voiceprint itself is kept by the service that identifies. */
export interface PersonRecord {
  /** Id at the service. */
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
}

/** Maximum number of persons. */
export const MAX_PEOPLE = 100;

/** Errors as in `DeviceStore`. */
export interface PeopleStore {
  /** Sorted by name. */
  people(): Promise<readonly PersonRecord[]>;
  /** Adds a person. False: there are {@link MAX_PEOPLE} already. */
  keep(person: PersonRecord): Promise<boolean>;
  /** False: there is nobody of that id. */
  rename(id: string, name: string): Promise<boolean>;
  /** False: there is nobody of that id. */
  remove(id: string): Promise<boolean>;
}
