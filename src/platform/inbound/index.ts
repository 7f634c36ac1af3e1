export { GuardedServer, type AdmitSocket } from './guarded-server.js';
export { isBusy, limited, oneAtATime, type HandleRequest } from './one-at-a-time.js';
export * from './peers.js';
export * from './rate-limit.js';
export { sameSecret } from './same-secret.js';
export * from './web-socket-request.js';
