// The exports for child processes. They do not import `index.js`, because it loads the catalogue of models and its
// schemas, which would take 7 to 9 MB in each of them.
export { serveChild } from './processes/serve.js';
export { collectingAfter } from './processes/native-garbage.js';
export { checkFile } from './models/checked-file.js';
