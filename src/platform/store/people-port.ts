/** A person whose voice is known. The identification service stores the voiceprint itself. */
export interface PersonRecord {
  /** Id at the identification service. */
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
}

/** Maximum number of persons. */
export const MAX_PEOPLE = 100;

/** The known persons. Errors: those of `DeviceStore`. */
export interface PeopleStore {
  /** Sorted by name. */
  people(): Promise<readonly PersonRecord[]>;
  /** Adds a person. False: there are already {@link MAX_PEOPLE}. */
  keep(person: PersonRecord): Promise<boolean>;
  /** False: there is no person with this id. */
  rename(id: string, name: string): Promise<boolean>;
  /** False: there is no person with this id. */
  remove(id: string): Promise<boolean>;
}
