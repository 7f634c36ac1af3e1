// Exports for child processes. `index.js` is not imported, because its catalogue and schemas take 7 to 9 MB in each
// process.
export { serveChild } from './processes/serve.js';
export { collectingAfter } from './processes/native-garbage.js';
export { checkFile } from './models/checked-file.js';
