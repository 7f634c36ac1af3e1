export { createListening, type ListeningService } from './listening-client.js';
export type * from './listening-port.js';
export { EARLY_PIECE_SILENCE_MS, PIECE_SILENCE_MS } from './utterance-options.js';
export { createEndpointPolicy } from './endpointing/endpoint.js';
export type * from './endpointing/endpoint-port.js';
export type * from './endpointing/prosody-port.js';
export { createSmartTurn, type SmartTurnService } from './prosody/smart-turn-service.js';
