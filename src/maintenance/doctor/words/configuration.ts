import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Configuration: syntax, unknown keys, values, rules between them, references to secrets',
  issues: {
    mistake: {
      title: 'The configuration has a mistake.',
      cause: 'A key is unknown, or its value is not allowed. The server does not start with it.',
      remedy:
        'Correct the line that is named; `chorus config schema` shows what is allowed, ' +
        '`chorus config rollback` goes back to the copy before.',
    },
    unreadable: {
      title: 'The configuration file cannot be read.',
      cause: 'It is not there under that name, belongs to another user, or is larger than 1 MB.',
      remedy: 'Check the path (--config, CHORUS_CONFIG) and its owner.',
    },
    note: {
      title: 'The configuration is right and has something worth knowing.',
      cause:
        'An old name of a key, the configuration of another server in the data folder, an allowlist without devices.',
      remedy: 'Nothing has to be done.',
    },
  },
  unreadable: (file: string, reason: string) => `${file}: ${reason}`,
  defaults: 'defaults',
};

const zh: typeof en = {
  about: '配置：语法、不认识的项、取值、相互关系、密钥的引用',
  issues: {
    mistake: {
      title: '配置有错误。',
      cause: '有不认识的配置项，或值不被允许。服务器不会用它启动。',
      remedy: '改正所指的那一行；`chorus config schema` 显示允许的写法，`chorus config rollback` 回到上一份备份。',
    },
    unreadable: {
      title: '配置文件无法读取。',
      cause: '没有这个文件，或属于别的用户，或大于 1 MB。',
      remedy: '检查路径（--config、CHORUS_CONFIG）和文件的所有者。',
    },
    note: {
      title: '配置正确，但有值得一看的地方。',
      cause: '用了旧的配置项名、数据文件夹里有别的服务器的配置、允许列表是空的。',
      remedy: '不必处理。',
    },
  },
  unreadable: (file, reason) => `${file}：${reason}`,
  defaults: '默认值',
};

export const configurationWords = bilingualWords({ en, zh });
