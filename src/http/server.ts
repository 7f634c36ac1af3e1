import { ownHostNames, registerAdmin, type Admin, type AdminOptions } from '../admin/index.js';
import { Devices } from '../device/index.js';
import { createPeerPolicy, limitKey, machineKindOf } from '../platform/inbound/index.js';
import { HttpEdge } from './edge.js';
import { registerOperationsRoutes } from './operations-routes.js';
import type { ChorusServer, ServerOptions } from './options.js';
import { registerVoiceprintRoutes } from './voiceprint-routes.js';

/** Only `listen` opens the port. Error: `store.failed`. */
export async function createServer(options: ServerOptions): Promise<ChorusServer> {
  const kindOf = options.kindOf ?? (await machineKindOf(options.clock));
  const edge = new HttpEdge(options, createPeerPolicy({ trustedProxies: options.trustedProxies ?? [], kindOf }));
  const devices = await Devices.mount(edge, options);
  const { readiness, exposition, metricsToken } = options;
  const hostNames = (): readonly string[] => ownHostNames(options.admin?.hosts() ?? [], options.publicUrl);
  registerOperationsRoutes(edge, { readiness, exposition, metricsToken, hostNames });
  const { voiceprints, clock, log, scope } = options;
  const peerOf: HttpEdge['peerOf'] = (request) => edge.peerOf(request);
  if (voiceprints) registerVoiceprintRoutes(edge.app, { voiceprints, peerOf, clock, log, scope });
  const admin = options.admin && mountAdmin(edge, devices, options, options.admin);
  const server = serverOf(edge, devices, admin, options);
  options.scope.onClose(() => server.close());
  return server;
}

function mountAdmin(edge: HttpEdge, devices: Devices, options: ServerOptions, admin: AdminOptions): Admin {
  const { localToken, firmware, agents, talks, turns, earlierTurns, store, defaultLanguage, clock, log, scope } =
    options;
  return registerAdmin(edge.app, {
    admin,
    localToken,
    peerOf: (request) => edge.peerOf(request),
    publicUrl: () => options.publicUrl,
    advertise: (request) => devices.advertise(request),
    draining: () => edge.draining,
    firmware,
    agents,
    devices: {
      control: devices.control,
      firmware,
      sourceOf: (request) => limitKey(edge.peerOf(request).address),
      talks,
    },
    turns: turns ?? ((): [] => []),
    earlierTurns: earlierTurns ?? (() => Promise.resolve([])),
    store,
    issue: (device) => devices.issue(device),
    defaultLanguage,
    clock,
    log,
    scope,
  });
}

function serverOf(
  edge: HttpEdge,
  devices: Devices,
  admin: Admin | undefined,
  { log }: Pick<ServerOptions, 'log'>,
): ChorusServer {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    edge.draining = true;
    await devices.closeConnections();
    await Promise.all([edge.app.close(), devices.closePorts()]);
  };
  return {
    routes: edge.routes,
    get connections() {
      return devices.connections;
    },
    get otaPorts() {
      return devices.otaPorts;
    },
    movingOver: devices.movingOver,
    async listen() {
      await admin?.begin();
      const address = await edge.listen();
      log.info('listening', address);
      admin?.watch();
      await devices.listen();
      return address;
    },
    address: () => edge.address(),
    async drain(enough) {
      edge.draining = true;
      const waited = new Promise<void>((resolve) => {
        if (enough.aborted) resolve();
        enough.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([devices.empty(), waited]);
    },
    close: () => (closing ??= close()),
    approve: (code, source = 'command') => devices.control.approve(code, source),
    rotate: (deviceId) => devices.control.rotate(deviceId),
    revoke: (deviceId) => devices.control.revoke(deviceId),
  };
}
