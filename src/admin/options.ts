import type { AdminPassword } from './admin-password.js';
import type { AdminOperations } from './operations.js';

/** The page and its API. */
export interface AdminOptions extends AdminOperations {
  readonly version: string;
  readonly password: AdminPassword;
  /** `admin.hosts`: names by which the page may be opened. */
  readonly hosts: () => readonly string[];
  /** Folder of the built page; undefined: there is none, and `GET /` says so. */
  readonly pageFolder?: string | undefined;
}
