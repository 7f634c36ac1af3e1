import { fileURLToPath } from 'node:url';
import type { Environment } from '../../config/index.js';
import { ChorusError } from '../../core/index.js';
import { checkServicePlace } from '../../platform/outbound/index.js';
import { AdminPassword, type AdminOptions, type SecretKeeper } from '../../http/index.js';
import type { RunningSessionHost } from '../../conversation/session/index.js';
import type { ProblemRing } from '../../platform/telemetry/index.js';
import type { Capacity } from '../capacity.js';
import type { Foundation } from '../foundation.js';
import { packageVersion } from '../package-version.js';
import type { ConfigSource, Reload } from '../reload.js';
import type { Speech } from '../speech.js';
import type { ServerStatus } from '../status.js';
import { composeConfiguration } from './configuration.js';
import { composeLanguageModelControl } from './language-model.js';
import { composeModels } from './models.js';
import { composeOverview } from './overview.js';
import { composeProblems } from './problems.js';
import { composeVoiceControl } from './voices.js';

export interface AdminParts {
  readonly store: SecretKeeper;
  readonly capacity: Capacity;
  readonly speech: Speech;
  readonly sessions: RunningSessionHost;
  readonly status: () => ServerStatus;
  /** Undefined: the configuration is not read again, and cannot be changed. */
  readonly source: ConfigSource | undefined;
  readonly reload: Reload | undefined;
  /** Why conversations do not work now; undefined: they do. */
  readonly prove: () => Promise<ChorusError | undefined>;
  readonly problems: ProblemRing;
  /** For the vendors' usual variables. */
  readonly env: Environment | undefined;
}

/** `dist/console`, from `dist/composition/admin` and from `src/composition/admin`. */
const PAGE_FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/console/' : '../../console/', import.meta.url),
);

/** The page and its API. Error: `store.failed`. */
export async function composeAdmin(foundation: Foundation, parts: AdminParts): Promise<AdminOptions> {
  const { live } = foundation;
  const { capacity, speech, sessions, status, source, reload, problems, env, prove } = parts;
  const version = packageVersion();
  const password = await AdminPassword.open({ store: parts.store, configured: () => live.current.admin.password });
  const models = composeModels(speech);
  const turns = (): ReturnType<RunningSessionHost['recentTurns']> => sessions.recentTurns();
  return {
    version,
    password,
    hosts: () => live.current.admin.hosts,
    pageFolder: PAGE_FOLDER,
    overview: composeOverview(foundation, {
      version,
      status,
      models,
      talking: () => capacity.admission.view().talking,
      turns,
    }),
    problems: composeProblems({ ring: problems, turns, live }),
    models,
    voices: composeVoiceControl(foundation, speech, capacity.slots),
    languageModel: composeLanguageModelControl(foundation, { env }),
    ...(source &&
      reload && {
        configuration: composeConfiguration(foundation, {
          source,
          reload,
          refuseAddress: (url, key) => addressRefusal(url, key, live.current.admin.llm_ports),
          env: env ?? {},
          prove,
        }),
      }),
  };
}

/** Undefined: it may be set. */
async function addressRefusal(
  url: string,
  key: string,
  localPorts: readonly number[],
): Promise<ChorusError | undefined> {
  try {
    await checkServicePlace(url, { localPorts });
    return undefined;
  } catch (error) {
    if (error instanceof ChorusError) return error;
    const { code } = error as NodeJS.ErrnoException;
    // A name that leads nowhere may lead anywhere tomorrow.
    return new ChorusError(
      key.startsWith('tts.') ? 'tts.unreachable' : 'llm.unreachable',
      'the name of this address is not known',
      { cause: error, details: { system: code ?? '' } },
    );
  }
}
