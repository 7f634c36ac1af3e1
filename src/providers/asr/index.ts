export type * from './asr-port.js';
export { sherpaRecognizer } from './sherpa/index.js';
export { correct } from './corrections.js';
export { loadSimplified, simplified, writesSimplified } from './simplified.js';
