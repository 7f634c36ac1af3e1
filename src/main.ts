import { composeCapacity } from './composition/capacity.js';
import { composeConversations } from './composition/conversations.js';
import type { Foundation } from './composition/foundation.js';
import { composeHttp } from './composition/http.js';
import { LiveConfig } from './composition/live-config.js';
import { openLog } from './composition/log.js';
import { measureServer } from './composition/measure.js';
import { MeasuredCosts } from './composition/measured-costs.js';
import { packageVersion } from './composition/package-version.js';
import { composeReload, type ConfigSource } from './composition/reload.js';
import { runSelfTests } from './composition/self-test.js';
import { composeSpeech } from './composition/speech.js';
import { mainLanguage, phrasesToWarm, startUp } from './composition/start-up.js';
import { speechStatus, type ServerStatus } from './composition/status.js';
import type { Config, ReloadAnswer } from './config/index.js';
import { asChorusError, Scope, type ScopeTree, systemClock } from './core/index.js';
import { lanAddress, type ChorusServer } from './server/index.js';
import type { RunningSessionHost } from './session/index.js';
import { claimDataFolder, ensureDataFolder, openStore } from './store/index.js';
import { PrometheusMetrics } from './telemetry/index.js';

export type { ConfigSource } from './composition/reload.js';
export type { ServerStatus } from './composition/status.js';

export interface StartOptions {
  readonly config: Config;
  readonly dataDir: string;
  /** How the configuration is read again while the server runs; undefined: it is not. */
  readonly source?: ConfigSource;
  /** Told of each new pairing code, to show it at the terminal. */
  readonly onCode?: (code: string, deviceId: string) => void;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** OTA addresses for devices, the one of the local network first. */
  readonly otaUrls: readonly string[];
  readonly websocketUrl: string;
  status(): ServerStatus;
  /** Everything that is alive, by its owner: for tests of leaks. */
  scopes(): ScopeTree;
  /** Resolves when speech can be understood and answered. Rejects when an engine cannot be started. */
  readonly ready: Promise<void>;
  /** Reads the configuration again and takes over what can be; changes nothing when it is not valid or does not work. Undefined without a source. */
  reload(trial?: boolean): Promise<ReloadAnswer | undefined>;
  /** No new turns; running replies finish; then everything is closed. Idempotent. */
  drain(reason: string): Promise<void>;
  readonly closed: Promise<void>;
}

/**
 * The composition root of `serve`: the data folder claimed, configuration to a graph of objects, the port opened; only then child
 * processes, models loading behind the open port. Errors: `data.*`, `store.failed`, `server.*`, `config.invalid`; nothing stays
 * behind after one.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, dataDir } = options;
  const log = openLog(config, dataDir);
  const root = new Scope('server', (name, error) => log.logger.error('a task failed', { task: name, error: asChorusError(error).message }));
  root.onClose(() => log.close());
  const metrics = new PrometheusMetrics({ version: packageVersion() });
  root.onClose(() => metrics.close());
  try {
    const live = new LiveConfig(config);
    live.onTaken((next) => log.configure(next.log));
    return await compose({ config, live, dataDir, root, common: { clock: systemClock, log: log.logger, metrics } }, metrics, options);
  } catch (error) {
    await root.close('start failed');
    throw error;
  }
}

async function compose(foundation: Foundation, metrics: PrometheusMetrics, { source, onCode }: StartOptions): Promise<RunningServer> {
  const { config, live, dataDir, root, common } = foundation;
  // Finalisers run last to first: the store is closed when nobody can write any more, then the folder is let go of.
  await ensureDataFolder(dataDir);
  const claim = await claimDataFolder(dataDir);
  root.onClose(() => claim.release());
  const store = await openStore({ dataDir });
  root.onClose(() => store.close());

  const costs = await MeasuredCosts.load(dataDir);
  const capacity = composeCapacity(foundation, costs);
  const speech = await composeSpeech(foundation, capacity);
  const { llm, sessions } = await composeConversations(foundation, capacity, speech);
  measureServer({ metrics, engines: () => speech.engines(), slotCount: capacity.slotCount, maxTalking: () => capacity.maxTalking });
  const status = (): ServerStatus => ({
    ...speechStatus(speech, mainLanguage(config)),
    llm: llm.current().id,
    maxTalking: capacity.maxTalking,
    capacity: capacity.facts(),
    connections: server.connections,
  });
  const configuration = source && composeReload(source, live, common.log, root);
  const server: ChorusServer = await composeHttp(foundation, { store, sessions, metrics, status, configuration, onCode });
  const address = await server.listen();
  const local = `http://${localHost(address.host)}:${address.port}`;
  await claim.announce({ pid: process.pid, port: address.port, url: `${local}/`, startedAt: new Date(common.clock.wallMs()).toISOString() });

  const starting = capacity.disturb();
  capacity.watch();
  const warm = (): void => root.fork('warm phrases', () => speech.speaking.warm(phrasesToWarm(config)));
  const ready = (async (): Promise<void> => {
    await startUp(config, speech, root.signal).finally(starting);
    common.log.info('ready', { port: address.port, ...capacity.facts() });
    warm();
    // Other voices have other phrases; those that are there already cost a look.
    live.onTaken(warm);
  })();
  root.fork('start-up', () => ready);
  if (config.load.target !== 'off' && config.load.self_test) {
    root.fork('self-test', async () => {
      await ready.catch(() => undefined);
      await runSelfTests(foundation, { capacity, speech, costs, languages: [...new Set([mainLanguage(config), 'zh-CN'])] });
    });
  }

  const own = config.server.public_url ?? `http://${lanAddress() ?? '127.0.0.1'}:${config.server.public_port ?? address.port}`;
  const closed = new Promise<void>((resolve) => root.onClose(resolve));
  let draining: Promise<void> | undefined;
  return {
    host: address.host,
    port: address.port,
    otaUrls: [new URL('/xiaozhi/ota/', own).href, `${local}/xiaozhi/ota/`],
    websocketUrl: new URL('/xiaozhi/v1/', own.replace(/^http/, 'ws')).href,
    status,
    scopes: () => root.tree(),
    ready,
    reload: async (trial = true) => configuration?.reload(trial),
    drain: (reason) => (draining ??= drain(server, sessions, root, live.current.server.drain_ms, reason)),
    closed,
  };
}

/** By which this machine reaches itself: the address that is listened on, unless that means all of them. */
function localHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function drain(server: ChorusServer, sessions: RunningSessionHost, root: Scope, withinMs: number, reason: string): Promise<void> {
  await Promise.all([server.drain(withinMs), sessions.drain()]);
  await root.close(reason);
}
