export { understandSum } from './arithmetic.js';
export { createOfflineAssistant, type OfflineOptions } from './assistant.js';
