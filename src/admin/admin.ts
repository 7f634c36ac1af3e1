import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sleep, type Clock, type Logger, type Scope } from '../core/index.js';
import type { Firmware } from '../device/firmware/index.js';
import type { AdvertisedAddress } from '../device/index.js';
import type { Peer } from '../platform/inbound/index.js';
import type { AdminApi } from './api.js';
import { BrowserDevices, type BrowserDevicesOptions } from './browser-devices.js';
import { registerAdminFrame } from './frame.js';
import { AdminGate } from './gate.js';
import type { AdminOptions } from './options.js';
import { registerPageRoutes } from './page-routes.js';
import { registerAgentRoutes, type AgentRouteOptions } from './resources/agents.js';
import { registerBrowserRoute } from './resources/browser.js';
import { registerDeviceRoutes, type DeviceRouteOptions } from './resources/devices.js';
import { registerSerialRoutes, type SerialKeys } from './resources/serials.js';
import { registerFirmwareRoutes } from './resources/firmware.js';
import { openApiRoutes } from './contract.js';
import { registerConfigurationRoutes } from './resources/configuration.js';
import { registerLanguageModelRoutes } from './resources/language-model.js';
import { registerMcpRoutes } from './resources/mcp.js';
import { registerMemoryRoutes } from './resources/memories.js';
import { registerKnowledgeRoutes } from './resources/knowledge.js';
import { registerPeopleRoutes } from './resources/people.js';
import { registerHistoryRoutes } from './resources/history.js';
import { registerCostRoutes } from './resources/costs.js';
import { registerModelRoutes } from './resources/models.js';
import { registerOverviewRoute } from './resources/overview.js';
import { registerProblemRoute } from './resources/problems.js';
import { registerAskSeveralRoutes } from './resources/ask-several.js';
import { registerSayRoutes } from './resources/say.js';
import { registerVoiceRoutes } from './resources/voices.js';
import { registerSessionRoutes } from './resources/session.js';
import { registerTurnRoutes, type TurnRouteOptions } from './resources/turns.js';
import { registerUpkeepRoutes } from './resources/upkeep.js';
import { AdminSessions } from './sessions.js';
import { SignInLimit } from './sign-in-limit.js';

const SWEEP_MS = 5000;

export interface AdminDependencies {
  readonly admin: AdminOptions;
  readonly localToken: string;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly publicUrl: () => string | undefined;
  readonly advertise: (request: FastifyRequest) => AdvertisedAddress | undefined;
  readonly draining: () => boolean;
  readonly devices: DeviceRouteOptions;
  readonly turns: TurnRouteOptions['turns'];
  readonly earlierTurns: TurnRouteOptions['earlierTurns'];
  readonly store: BrowserDevicesOptions['store'] & AgentRouteOptions['devices'] & SerialKeys;
  readonly agents?: AgentRouteOptions['agents'] | undefined;
  readonly issue: BrowserDevicesOptions['issue'];
  readonly defaultLanguage: string;
  readonly firmware?: Firmware | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
}

export interface Admin {
  /** Call this before the port opens. Error: `store.failed`. */
  begin(): Promise<void>;
  /** Regularly ends expired sessions. Ends all sessions if another server changed the password. */
  watch(): void;
}

/** Serves the page and its API: `GET /`, `/console/*` and everything below `/api/v1`. */
export function registerAdmin(app: FastifyInstance, dependencies: AdminDependencies): Admin {
  const { admin, localToken, peerOf, publicUrl, clock, log, scope, store, issue, defaultLanguage } = dependencies;
  const { password } = admin;
  const { control } = dependencies.devices;
  const browsers = new BrowserDevices({
    store,
    localToken,
    issue,
    isOpen: (id) => sessions.isOpen(id),
    forget: (deviceId) => control.forget(deviceId),
    clock,
    scope,
  });
  const sessions: AdminSessions = new AdminSessions({
    clock,
    stamp: () => password.stamp,
    onEnd: (id) => browsers.close(id),
  });
  const gate = new AdminGate({ sessions, localToken, peerOf, publicUrl, hosts: admin.hosts });
  const routes = (api: AdminApi): void => {
    registerSessionRoutes(api, {
      gate,
      sessions,
      password,
      limit: new SignInLimit(clock),
      peerOf,
      version: admin.version,
      log,
    });
    registerBrowserRoute(api, { gate, browsers, defaultLanguage });
    registerResources(api, gate, dependencies);
  };
  registerAdminFrame(app, { gate, clock, log, routes, command: admin.command });
  registerPageRoutes(app, { gate, log, folder: admin.pageFolder });
  return {
    begin: () => browsers.forgetAll(),
    watch: () => scope.fork('sessions of the page', (signal) => sweep(sessions, dependencies, signal)),
  };
}

function registerResources(api: AdminApi, gate: AdminGate, dependencies: AdminDependencies): void {
  const { admin, devices, firmware, agents, store, turns, earlierTurns, advertise, draining, clock } = dependencies;
  const {
    overview,
    problems,
    models,
    voices,
    languageModel,
    configuration,
    mcp,
    memories,
    knowledge,
    people,
    history,
    costs,
  } = admin;
  registerDeviceRoutes(api, devices);
  registerSerialRoutes(api, store);
  if (firmware) registerFirmwareRoutes(api, { gate, firmware });
  if (agents) registerAgentRoutes(api, { agents, devices: store, onRemoved: admin.onAgentRemoved });
  if (admin.say) {
    const isAgent = async (id: string): Promise<boolean> => (await agents?.agent(id)) !== undefined;
    const saying = { say: admin.say, gate, devices: devices.control, isAgent };
    registerSayRoutes(api, saying);
    registerAskSeveralRoutes(api, saying);
  }
  registerTurnRoutes(api, { turns, earlierTurns, history });
  if (memories) registerMemoryRoutes(api, memories);
  if (knowledge) registerKnowledgeRoutes(api, gate, knowledge);
  if (people) registerPeopleRoutes(api, gate, people, { memories, history });
  if (history) registerHistoryRoutes(api, history);
  if (costs) registerCostRoutes(api, costs);
  if (overview) registerOverviewRoute(api, overview, { advertise, draining, wallMs: () => clock.wallMs() });
  if (problems) registerProblemRoute(api, problems);
  if (models) registerModelRoutes(api, models);
  if (voices) registerVoiceRoutes(api, voices);
  if (languageModel) registerLanguageModelRoutes(api, languageModel);
  if (mcp) registerMcpRoutes(api, mcp);
  if (configuration) registerConfigurationRoutes(api, configuration);
  registerUpkeepRoutes(api, admin);
  registerOpenApiRoute(api, admin.version);
}

/** Rejects with the signal's reason. */
async function sweep(
  sessions: AdminSessions,
  { admin: { password }, clock, scope }: AdminDependencies,
  signal: AbortSignal,
): Promise<void> {
  let looking = false;
  const look = async (): Promise<void> => {
    looking = true;
    await password.look();
    looking = false;
    sessions.sweep();
  };
  for (;;) {
    await sleep(clock, SWEEP_MS, signal);
    sessions.sweep();
    if (sessions.size > 0 && !looking) scope.fork('password of the page', look);
  }
}

/** The document is made at the first request, so that it does not delay the start. */
function registerOpenApiRoute(api: AdminApi, version: string): void {
  let document: Promise<unknown> | undefined;
  api.on(openApiRoutes.openApi, () => {
    document ??= import('./openapi.js').then(({ openApiDocument }) => openApiDocument(version));
    return document;
  });
}
