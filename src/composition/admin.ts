import type { CostLedger } from '../conversation/costs/index.js';
import { fileURLToPath } from 'node:url';
import type { Environment, ConfigSource, Reload, Foundation } from '../config/index.js';
import { type ChorusError, ownCommand, packageVersion } from '../core/index.js';
import { AdminPassword, type AdminOptions, type HistoryControl, type SecretKeeper } from '../http/index.js';
import type { Notices, Questions } from '../conversation/notices/index.js';
import type { KnowledgeLibrary } from '../conversation/knowledge/index.js';
import type { People } from '../conversation/people/index.js';
import type { Memories } from '../conversation/memory/index.js';
import type { RunningSessionHost } from '../conversation/session/index.js';
import type { ProblemRing } from '../platform/telemetry/index.js';
import type { Capacity } from './capacity.js';
import type { Mcp } from './mcp.js';
import type { Speech } from './speech.js';
import { createRecordingEncoder, OPUS } from '../speech/speaking/index.js';
import type { ServerStatus } from './status.js';
import {
  createConfigurationControl,
  createLanguageModelControl,
  createModelControl,
  createOverview,
  createSayControl,
  createProblems,
  createVoiceControl,
} from '../admin/index.js';

export interface AdminParts {
  readonly store: SecretKeeper;
  readonly capacity: Capacity;
  readonly speech: Speech;
  readonly sessions: RunningSessionHost;
  readonly memories: Memories;
  readonly people: People;
  readonly knowledge: KnowledgeLibrary;
  readonly history: HistoryControl;
  readonly ledger: CostLedger;
  readonly notices: Notices;
  readonly questions: Questions;
  readonly status: () => ServerStatus;
  /** Undefined if the configuration cannot be read again or changed. */
  readonly source: ConfigSource | undefined;
  readonly reload: Reload | undefined;
  /** Resolves with the reason why conversations do not work now, or undefined if they work. */
  readonly prove: () => Promise<ChorusError | undefined>;
  readonly problems: ProblemRing;
  readonly mcp: Mcp;
  /** May contain API keys under the vendors' usual names. */
  readonly env: Environment | undefined;
}

/** The relative path is the same whether the server runs from source or from `dist`. */
const PAGE_FOLDER = fileURLToPath(new URL('../../dist/console/', import.meta.url));

export async function composeAdmin(foundation: Foundation, parts: AdminParts): Promise<AdminOptions> {
  const { live, dataDir, common, root } = foundation;
  const { clock } = common;
  const { capacity, speech, sessions, memories, history, status, source, reload, problems, env, prove } = parts;
  const version = packageVersion();
  const password = await AdminPassword.open({ store: parts.store, configured: () => live.current.admin.password });
  const models = createModelControl(speech);
  const recordings = createRecordingEncoder({ ...common, scope: root.child('recordings of requests'), opus: OPUS });
  const turns = (): ReturnType<RunningSessionHost['recentTurns']> => sessions.recentTurns();
  return {
    version,
    command: ownCommand({ path: env?.['PATH'] }),
    password,
    hosts: () => live.current.admin.hosts,
    pageFolder: PAGE_FOLDER,
    overview: createOverview({
      live,
      clock,
      version,
      status,
      models,
      talking: () => capacity.admission.view().talking,
      turns,
    }),
    say: createSayControl({ ...parts, recordings }, clock),
    problems: createProblems({ ring: problems, turns, live }),
    models,
    memories,
    onAgentRemoved: (agentId) =>
      root.fork('memory services', (signal) => memories.forgetAtServices({ agentId }, signal)),
    knowledge: parts.knowledge,
    people: parts.people,
    history,
    costs: parts.ledger,
    voices: createVoiceControl({ live, clock, speech, slots: capacity.slots }),
    languageModel: createLanguageModelControl({ live, clock, env }),
    mcp: parts.mcp.control,
    ...(source &&
      reload && {
        configuration: createConfigurationControl({
          live,
          dataDir,
          clock,
          source,
          reload,
          env: env ?? {},
          prove,
        }),
      }),
  };
}
