import { fileURLToPath } from 'node:url';
import { AdminPassword, type AdminOptions, type ErrorWords, type SecretKeeper } from '../../server/index.js';
import type { RunningSessionHost } from '../../session/index.js';
import type { Capacity } from '../capacity.js';
import type { Foundation } from '../foundation.js';
import { packageVersion } from '../package-version.js';
import type { ConfigSource, Reload } from '../reload.js';
import type { Speech } from '../speech.js';
import type { ServerStatus } from '../status.js';
import { composeConfiguration } from './configuration.js';
import { composeModels } from './models.js';
import { composeOverview } from './overview.js';

export interface AdminParts {
  readonly store: SecretKeeper;
  readonly capacity: Capacity;
  readonly speech: Speech;
  readonly sessions: RunningSessionHost;
  readonly status: () => ServerStatus;
  /** Undefined: the configuration is not read again, and cannot be changed. */
  readonly source: ConfigSource | undefined;
  readonly reload: Reload | undefined;
  readonly words: ErrorWords;
}

/** `dist/console`, from `dist/composition/admin` and from `src/composition/admin`. */
const PAGE_FOLDER = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/console/' : '../../console/', import.meta.url));

/** What the page and its API do. Error: `store.failed`. */
export async function composeAdmin(foundation: Foundation, parts: AdminParts): Promise<AdminOptions> {
  const { live } = foundation;
  const { capacity, speech, sessions, status, source, reload, words } = parts;
  const version = packageVersion();
  const password = await AdminPassword.open({ store: parts.store, configured: () => live.current.admin.password });
  const models = composeModels(speech, words);
  const turns = (): ReturnType<RunningSessionHost['recentTurns']> => sessions.recentTurns();
  return {
    version,
    password,
    hosts: () => live.current.admin.hosts,
    words,
    pageFolder: PAGE_FOLDER,
    overview: composeOverview(foundation, { version, status, models, talking: () => capacity.admission.view().talking, turns }),
    models,
    ...(source && reload && { configuration: composeConfiguration(foundation, { source, reload, words, refuseAddress: () => undefined, prove: () => Promise.resolve(undefined) }) }),
  };
}
