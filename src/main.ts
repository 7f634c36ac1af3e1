import { OTA_PATH, WEBSOCKET_PATH } from './device/protocol/index.js';
import { MeasuredCosts } from './capacity/index.js';
import { composeAdmin } from './composition/admin.js';
import { composeCapacity } from './composition/capacity.js';
import { composeCosts } from './composition/costs.js';
import { composeConversations } from './composition/conversations.js';
import { composeFirmware } from './composition/firmware.js';
import {
  type Foundation,
  composeReload,
  type Config,
  type ConfigSource,
  type Environment,
  LiveConfig,
  mainLanguage,
  type ReloadAnswer,
} from './config/index.js';
import { composeHttp } from './composition/http.js';
import { logSettings, openLog } from './composition/log.js';
import { composeKnowledge } from './composition/knowledge.js';
import { composeMcp, tell } from './composition/mcp.js';
import {
  measureServer,
  type ChorusServer,
  createLifecycle,
  Drain,
  ensureLocalToken,
  lanAddress,
  type PeerKind,
  type Supervisor,
} from './http/index.js';
import { packageVersion, asChorusError, type ChorusError, Scope, type ScopeTree, systemClock } from './core/index.js';
import { assumeTriedCost, runSelfTests } from './speech/self-test/index.js';
import { composeSpeech } from './composition/speech.js';
import { phrasesToWarm, startUp } from './composition/start-up.js';
import { embeddingStatus, type ServerStatus, speechStatus, withStore } from './composition/status.js';
import { composeStore } from './composition/store.js';
import { composeVision } from './composition/vision.js';
import { startWyoming } from './composition/wyoming.js';
import { createServerUpkeep } from './maintenance/upkeep/index.js';
import { proveTurn } from './maintenance/test-turn/index.js';
import { openFilesLimit, openFilesNeeded, readTextFile } from './platform/machine/index.js';
import { KeptConnections } from './platform/outbound/index.js';
import { claimDataFolder, ensureDataFolder } from './platform/store/index.js';
import { catchEscapedErrors, NO_PLUGINS, type Plugins } from './plugin/index.js';
import { ProblemRing, PrometheusMetrics } from './platform/telemetry/index.js';

export type { ConfigSource } from './config/index.js';
export type { ServerStatus } from './composition/status.js';

export interface StartOptions {
  readonly config: Config;
  readonly dataDir: string;
  /** Source of the configuration for a running server. Undefined if the server never reads it again. */
  readonly source?: ConfigSource;
  /** Plug-in packages, whose providers are already registered. */
  readonly plugins?: Plugins;
  /** Shows a new pairing code at the terminal. */
  readonly onCode?: (code: string, deviceId: string) => void;
  /** Environment variables that may contain API keys for language models. Undefined if no environment is read. */
  readonly env?: Environment | undefined;
  /** The supervisor that restarts the process, if known. */
  readonly supervisor?: Supervisor | undefined;
  /** The kind of network of an address. By default, this machine's interfaces and routes decide. */
  readonly kindOf?: (address: string) => PeerKind;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** OTA addresses for devices: first for other machines, then for this machine. */
  readonly otaUrls: readonly string[];
  readonly websocketUrl: string;
  readonly pageUrl: string;
  /** The password of the page, if it was made just now. Show it once. */
  readonly newPassword: string | undefined;
  /** The extra OTA ports (`server.ota_ports`). */
  readonly otaPorts: ChorusServer['otaPorts'];
  /** For this many more days, the server takes over devices of another server. Undefined if it takes over none. */
  readonly movingOver: ChorusServer['movingOver'];
  status(): ServerStatus;
  /** For leak tests. */
  scopes(): ScopeTree;
  /** Resolves when the server can understand and answer speech. Rejects if an engine or a model cannot be used. */
  readonly ready: Promise<void>;
  /**
   * Applies the settings that can change while the server runs. With `trial`, the default, new settings are tested
   * first. If the configuration is invalid or a test fails, nothing changes. Undefined if there is no source.
   */
  reload(trial?: boolean): Promise<ReloadAnswer | undefined>;
  /** Waits up to `server.drain_ms` for current turns, then closes everything. May be called again. */
  drain(reason: string): Promise<void>;
  readonly closed: Promise<void>;
  /** Valid once the server has closed. */
  readonly restartWanted: boolean;
}

/**
 * The composition root of `serve`. Engines start and models load in the background. After an error nothing stays open.
 * Errors: `data.*`, `store.failed`, `server.*`, `config.invalid`.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, dataDir, plugins = NO_PLUGINS } = options;
  const log = openLog(config, dataDir);
  const problems = new ProblemRing(systemClock);
  const logger = problems.watch(log.logger);
  const root = new Scope('server', (name, error) =>
    logger.error('a task failed', { problem: 'server.task_failed', task: name, error: asChorusError(error).message }),
  );
  root.onClose(() => log.close());
  const metrics = new PrometheusMetrics({ version: packageVersion() });
  root.onClose(() => metrics.close());
  for (const failure of plugins.failures)
    logger.error('A plug-in was not loaded', { code: failure.code, reason: failure.message });
  const limit = openFilesLimit(readTextFile)?.soft ?? Number.POSITIVE_INFINITY;
  const needed = openFilesNeeded(config.server.max_connections);
  if (limit < needed)
    logger.warn('this process may open few files; beyond the limit devices are turned away', {
      problem: 'server.few_files',
      limit,
      needed,
    });
  root.onClose(catchEscapedErrors(plugins.loaded, logger));
  const http = new KeptConnections({ clock: systemClock });
  root.onClose(() => http.close());
  try {
    const live = new LiveConfig(config);
    live.onTaken((next) => log.configure(logSettings(next)));
    live.onTried((next) => log.configure(logSettings(live.current, next)));
    const foundation = { config, live, dataDir, root, http, common: { clock: systemClock, log: logger, metrics } };
    const parts = await compose(foundation, { metrics, problems }, options);
    return runningServer(foundation, parts, await start(foundation, parts));
  } catch (error) {
    await root.close('start failed');
    throw error;
  }
}

interface Observers {
  readonly metrics: PrometheusMetrics;
  readonly problems: ProblemRing;
}

async function composeTalk(foundation: Foundation, plugins: Plugins) {
  const { dataDir, root } = foundation;
  // The scope closes its parts in reverse order: the store after its last writer, and then the claim of the folder.
  await ensureDataFolder(dataDir);
  const claim = await claimDataFolder(dataDir);
  root.onClose(() => claim.release());
  const store = await composeStore(foundation);
  const costs = await MeasuredCosts.load(dataDir);
  const capacity = composeCapacity(foundation, costs);
  const ledger = await composeCosts(foundation, store);
  const speech = await composeSpeech(foundation, capacity, ledger);
  const mcp = composeMcp(foundation, store);
  const shared = { store, plugins, mcp, ledger, knowledge: composeKnowledge(foundation, store) };
  const conversations = await composeConversations(foundation, capacity, speech, shared);
  return { claim, costs, capacity, speech, shared, conversations };
}

async function compose(foundation: Foundation, { metrics, problems }: Observers, options: StartOptions) {
  const { config, live, dataDir, root, common } = foundation;
  const { source, onCode, supervisor, kindOf, env, plugins = NO_PLUGINS } = options;
  const { claim, costs, capacity, speech, shared, conversations } = await composeTalk(foundation, plugins);
  const { store, mcp } = shared;
  const { llm, sessions, talks, forget, voiceprints } = conversations;
  measureServer({
    metrics,
    engines: () => [...speech.engines(), ...speech.prosody.statuses()],
    slotCount: capacity.slotCount,
    fairness: () => capacity.slots.fairness(),
    maxTalking: () => capacity.maxTalking,
  });
  const status = (): ServerStatus => ({
    ...withStore(speechStatus(speech, mainLanguage(config)), store.reachability),
    llm: llm.current().id,
    maxTalking: capacity.maxTalking,
    capacity: capacity.facts(),
    connections: server.connections,
    ...embeddingStatus(shared.knowledge.embedding),
  });
  const origin = (): string =>
    `http://${localHost(config.server.host)}:${server.address()?.port ?? config.server.port}`;
  const reload = source && composeReload(source, live, common.log, root);
  const prove = async (): Promise<ChorusError | undefined> =>
    proveTurn({
      language: live.current.session.language,
      origin: origin(),
      token: await ensureLocalToken(dataDir),
      ...common,
      scope: root,
    });
  const asked = { source, reload, problems, env, prove };
  const parts = { ...conversations, ...asked, ...shared, capacity, speech, status };
  const admin = await composeAdmin(foundation, parts);
  const drain = new Drain({ server: () => server, sessions, root, ...common });
  const upkeep = createServerUpkeep(foundation, {
    store: store.upkeep,
    configFile: source?.file,
    isIdle: () => capacity.isIdle(),
    origin,
    drain,
    supervisor,
  });
  const lifecycle = createLifecycle(drain, live, supervisor, common.log);
  const firmware = await composeFirmware(foundation, store);
  const pictures = composeVision(foundation, llm, store);
  const routes = { firmware, pictures, voiceprints, mcp };
  const http = { store, sessions, talks, forget, metrics, status, onCode, kindOf, ...routes };
  const server: ChorusServer = await composeHttp(foundation, { ...http, admin: { ...admin, lifecycle, upkeep } });
  return { claim, costs, capacity, speech, status, reload, admin, drain, server, mcp, llm };
}

type Parts = Awaited<ReturnType<typeof compose>>;

/** Errors: `server.*`. */
async function start(foundation: Foundation, parts: Parts): Promise<Pick<RunningServer, 'host' | 'port' | 'ready'>> {
  const { config, live, root, common } = foundation;
  const { claim, admin, capacity, speech, server, mcp, llm } = parts;
  const address = await server.listen();
  await startWyoming(foundation, parts);
  await claim.announce({
    pid: process.pid,
    port: address.port,
    url: `http://${localHost(address.host)}:${address.port}/`,
    startedAt: new Date(common.clock.wallMs()).toISOString(),
  });
  await admin.password.keep();
  root.fork('MCP servers', () => tell(() => mcp.reload(), common.log));
  const endDisturbance = capacity.disturb();
  capacity.watch();
  let warmed: Promise<void> = Promise.resolve();
  const warm = (): void =>
    root.fork('warm phrases', () => (warmed = speech.speaking.warm(phrasesToWarm(live.current, llm.current()))));
  const ready = (async (): Promise<void> => {
    await startUp(config, speech, root.signal).finally(endDisturbance);
    if (config.load.self_test) assumeTriedCost({ ...parts, languages: languagesOf(config) });
    common.log.info('ready', { port: address.port, ...capacity.facts() });
    warm();
    // After each change of the settings, records the phrases that have no recording yet, for example in a new voice.
    live.onTaken(warm);
  })();
  root.fork('start-up', () => ready);
  if (config.load.target !== 'off' && config.load.self_test)
    root.fork('self-test', () => selfTest(foundation, parts, ready, () => warmed));
  return { ...address, ready };
}

async function selfTest(
  foundation: Foundation,
  { capacity, speech, costs }: Parts,
  ready: Promise<void>,
  undisturbed: () => Promise<void>,
): Promise<void> {
  await ready.catch(() => undefined);
  await runSelfTests(foundation, { capacity, speech, costs, undisturbed, languages: languagesOf(foundation.config) });
}

const languagesOf = (config: Config): readonly string[] => [...new Set([mainLanguage(config), 'zh-CN'])];

function runningServer(
  { config, live, root }: Foundation,
  { admin, server, status, drain, reload }: Parts,
  started: Pick<RunningServer, 'host' | 'port' | 'ready'>,
): RunningServer {
  const { host, port } = started;
  const own = config.server.public_url ?? `http://${lanAddress() ?? '127.0.0.1'}:${config.server.public_port ?? port}`;
  const closed = new Promise<void>((resolve) => root.onClose(resolve));
  return {
    ...started,
    otaUrls: [new URL(OTA_PATH, own).href, `http://${localHost(host)}:${port}${OTA_PATH}`],
    websocketUrl: new URL(WEBSOCKET_PATH, own.replace(/^http/, 'ws')).href,
    pageUrl: new URL('/', own).href,
    newPassword: admin.password.made,
    otaPorts: server.otaPorts,
    movingOver: server.movingOver && { daysLeft: server.movingOver.daysLeft },
    status,
    scopes: () => root.tree(),
    reload: async (trial = true) => reload?.reload(trial),
    drain: (reason) => drain.request({ reason, withinMs: live.current.server.drain_ms, restart: false }),
    closed,
    get restartWanted() {
      return drain.restart;
    },
  };
}

/** Returns the host name by which this machine reaches itself. */
function localHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
