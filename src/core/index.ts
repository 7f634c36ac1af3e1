export * from './clock.js';
export * from './errors.js';
export * from './language.js';
export * from './logger.js';
export * from './metrics.js';
export * from './queue.js';
export * from './scope.js';
export * from './spoken-length.js';
