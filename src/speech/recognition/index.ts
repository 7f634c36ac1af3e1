export { liveRecognition, recognizerSettings } from './live-recognition.js';
export { createRecognizer } from './recognizer.js';
export type * from './shared-recognizer.js';
export type * from './recognizer-port.js';
export { warmUpSpeech } from './warm-up-speech.js';
