export { Firmware } from './firmware.js';
export type { ReleaseReport } from './rollouts.js';
export { readImage, type ImageSource } from './image.js';
