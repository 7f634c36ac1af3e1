export { createListening, type ListeningService } from './listening-client.js';
export type * from './listening-port.js';
export { createEndpointPolicy } from './endpointing/endpoint.js';
export type * from './endpointing/endpoint-port.js';
export { createRecognizer } from '../recognition/recognizer.js';
export type * from '../recognition/shared-recognizer.js';
export type * from '../recognition/recognizer-port.js';
export type { RecognizerSettings } from '../recognition/recognizer-settings.js';
