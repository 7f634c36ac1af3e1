// Everything that a child process imports. `index.js` would load the catalogue of models and its schemas in each of
// them: 7 to 9 MB.
export { serveChild } from './processes/serve.js';
export { collectingAfter } from './processes/native-garbage.js';
export { checkFile } from './models/checked-file.js';
