import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, named } from './sentences.js';

/** Errors of packages that add providers and tools (docs/plugins.md). */
export const PLUGIN_ERRORS = {
  'plugin.not_found': {
    log: 'error',
    cause: {
      en: 'A plug-in of the key `plugins` is not installed.',
      zh: ({ plugin }) => `插件${named(plugin)}没有安装`,
    },
    remedy: both(
      'Install it with `npm install NAME` in the folder in which the server is started; ' +
        'Chorus itself never downloads a plug-in. Or take it out of `plugins`.',
      '请在启动服务器的文件夹里运行 `npm install NAME` 安装它；Chorus 自己从不下载插件。不用的话，请从 `plugins` 中去掉。',
    ),
  },
  'plugin.load_failed': {
    log: 'error',
    cause: {
      en: 'A plug-in threw an error while it was loaded, or did not come to an end.',
      zh: ({ plugin, reason }) => inBrackets(`插件${named(plugin)}加载时出错`, reason),
    },
    remedy: both(
      'Update the plug-in, or report the error to its author. Until then the server runs without it.',
      '请更新这个插件，或把错误告诉它的作者。在此之前服务器不带它运行。',
    ),
  },
  'plugin.wrong_version': {
    log: 'error',
    cause: {
      en: 'A plug-in is made for another version of the plug-in API.',
      zh: ({ plugin, version, own }) =>
        version === undefined
          ? `插件${named(plugin)}是为插件接口的另一个版本做的`
          : `插件${named(plugin)}是为插件接口的第 ${version} 版做的，这里是第 ${own} 版`,
    },
    remedy: both(
      'Install the version of the plug-in that fits this Chorus, or update Chorus.',
      '请安装与这个 Chorus 相配的插件版本，或更新 Chorus。',
    ),
  },
  'plugin.invalid': {
    log: 'error',
    cause: {
      en: 'A plug-in does not export what a plug-in has to export.',
      zh: ({ plugin, reason }) => inBrackets(`插件${named(plugin)}导出的内容不对`, reason),
    },
    remedy: both(
      'Update the plug-in, or report the error to its author; docs/plugins.md says what a plug-in exports.',
      '请更新这个插件，或把错误告诉它的作者；`docs/plugins.zh-CN.md` 说明插件应导出什么。',
    ),
  },
  'plugin.id_taken': {
    log: 'error',
    cause: {
      en: 'A plug-in has a provider or a tool whose name is taken already.',
      zh: ({ plugin, id }) => `插件${named(plugin)}里的${named(id)}与已有的重名`,
    },
    remedy: both(
      'Keep one of the two plug-ins in `plugins`; a name of Chorus itself can only be changed by the author of ' +
        'the plug-in.',
      '`plugins` 里请只保留其中一个插件；如果与 Chorus 自带的重名，只有插件的作者能改。',
    ),
  },
  'plugin.failed': {
    log: 'error',
    cause: {
      en: 'A plug-in threw an error outside of any request. The server goes on.',
      zh: ({ plugin, reason }) => inBrackets(`插件${named(plugin)}在请求之外出错，服务器继续运行`, reason),
    },
    remedy: both(
      'Update the plug-in, or take it out of `plugins`, and report the error to its author.',
      '请更新这个插件或从 `plugins` 中去掉，并把错误告诉它的作者。',
    ),
  },
} as const satisfies Record<`plugin.${string}`, ErrorRow>;
