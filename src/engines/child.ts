// The public face for child processes. `index.js` would load the catalogue of models and its schemas in each of them,
// which takes 7 to 9 MB.
export { serveChild } from './processes/serve.js';
export { collectingAfter } from './processes/native-garbage.js';
export { checkFile } from './models/checked-file.js';
