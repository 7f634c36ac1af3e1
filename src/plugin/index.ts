export { catchEscapedErrors } from './escaped-errors.js';
export { pluginFolders } from './find-package.js';
export { loadPlugins, NO_PLUGINS, usePlugins, type LoadedPlugin, type Plugins } from './load.js';
