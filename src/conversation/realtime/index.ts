export { RealtimeRecognizer } from './realtime-recognizer.js';
export { RealtimeLink, type RealtimeLinkOptions, type RealtimeService } from './realtime-link.js';
export { RealtimeModel } from './realtime-model.js';
