export * from './audio-format.js';
export * from './event.js';
export * from './event-reader.js';
