export { createListening, type ListeningOptions, type ListeningService } from './listening-client.js';
export type * from './listening-port.js';
export { DEFAULT_UTTERANCE_OPTIONS, type UtteranceOptions } from './utterance-options.js';
export { createEndpointPolicy, judgeEnd, type EndpointOptions } from './endpointing/endpoint.js';
export type * from './endpointing/endpoint-port.js';
export {
  createRecognizer,
  type RecognizerChange,
  type RecognizerLane,
  type RecognizerOptions,
} from '../recognition/recognizer.js';
export type * from '../recognition/recognizer-port.js';
export type { RecognizerSettings } from '../recognition/recognizer-settings.js';
export type { AsrEngine } from '../recognition/held-engine.js';
