export { createOfflineAssistant, type OfflineOptions } from './assistant.js';
