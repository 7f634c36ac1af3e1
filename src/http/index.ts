export * from '../admin/index.js';
export { DEFAULT_LIMITS, type Limits } from '../device/access/limits.js';
export { socketsAllowed } from './socket-limit.js';
export { ensureLocalToken, LOCAL_TOKEN_HEADER, readLocalToken } from './local-token.js';
export type { ChorusServer, ServerOptions } from './options.js';
export type { PairingMode } from '../device/access/pairing.js';
export { lanAddress, type PeerKind } from '../platform/inbound/peers.js';
export { createServer } from './server.js';
export {
  createLifecycle,
  Drain,
  RESTART_EXIT_CODE,
  supervisorOf,
  type DrainRequest,
  type Supervisor,
} from './drain.js';
