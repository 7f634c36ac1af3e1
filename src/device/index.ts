export type * from './device-port.js';
export { Devices, type DevicesHost, type DevicesOptions } from './devices.js';
export type { MovingOverPort } from './moving-over/ports.js';
export type { AdvertisedAddress } from './ota/advertised-address.js';
