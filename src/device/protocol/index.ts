export * from './frames.js';
export * from './hello.js';
export * from './ids.js';
export * from './messages.js';
export * from './firmware-version.js';
export * from './opus-duration.js';
export * from './ota.js';
export * from './paths.js';
