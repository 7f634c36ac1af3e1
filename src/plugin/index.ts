export { catchEscapedErrors } from './escaped-errors.js';
export { pluginFolders } from './find-package.js';
export { NO_PLUGINS, usePlugins, type Plugins } from './load.js';
