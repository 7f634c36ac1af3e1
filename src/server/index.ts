export type { AdvertisedAddress } from './advertised.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { ensureLocalToken, LOCAL_TOKEN_HEADER, readLocalToken } from './local-token.js';
export type { Readiness } from './operations-routes.js';
export type { ChorusServer, ServerOptions } from './options.js';
export type { PairingMode } from './pairing.js';
export { lanAddress, type PeerKind } from './peers.js';
export type { Rate } from './rate-limit.js';
export { createServer } from './server.js';
