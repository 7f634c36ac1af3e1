import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Permissions of the files that hold keys: configuration, copies of it, database, local token',
  issues: {
    readable: {
      title: 'A file with a secret can be read by other users of this machine.',
      cause: 'Its permissions allow others to read it; an editor or a copy made it so.',
      remedy: '`chmod 600 FILE`; `chorus doctor --fix` does it.',
    },
  },
  allPrivate: (files: number) => `${files} files, for their owner alone`,
  holds: {
    key: 'a key',
    token: 'the secret of the data folder',
    database: 'the key that signs the tokens of devices',
    backup: 'a copy of the configuration',
  },
  readable: (path: string, mode: string, content: string) => `${path} (mode ${mode}) holds ${content}.`,
};

const zh: typeof en = {
  about: '含密钥文件的权限：配置及其备份、数据库、本机令牌',
  issues: {
    readable: {
      title: '含有密钥的文件能被这台机器上的其他用户读取。',
      cause: '权限允许别人读取，多半是编辑器或拷贝造成的。',
      remedy: '`chmod 600 文件`；`chorus doctor --fix` 会代劳。',
    },
  },
  allPrivate: (files) => `${files} 个文件，只有所有者能读`,
  holds: { key: '密钥', token: '数据文件夹的密钥', database: '给设备令牌签名的密钥', backup: '配置的备份' },
  readable: (path, mode, content) => `${path}（权限 ${mode}）里有${content}。`,
};

export const secretsWords = bilingualWords({ en, zh });
