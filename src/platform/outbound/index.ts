export { guardedFetch } from './guarded-fetch.js';
export { KeptConnections } from './kept-connections.js';
export { checkServiceAddress, checkServicePlace, type AddressPolicy } from './service-address.js';
