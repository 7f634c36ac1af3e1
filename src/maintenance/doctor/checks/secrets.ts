import { both } from '../../../core/index.js';
import { readFile } from 'node:fs/promises';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { type SecretFile, secretFiles } from '../secret-files.js';

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;
/** Mode of a file that only its owner may read and write. */
const PRIVATE = 0o600;

const KNOWN = issues('secrets', {
  readable: {
    severity: 'warning',
    title: both(
      'A file with a secret can be read by other users of this machine.',
      '含有密钥的文件能被这台机器上的其他用户读取。',
    ),
    cause: both(
      'Its permissions allow others to read it; an editor or a copy made it so.',
      '权限允许别人读取，多半是编辑器或拷贝造成的。',
    ),
    remedy: both(
      '`chmod 600 FILE`; `chorus doctor --fix` does it.',
      '`chmod 600 文件`；`chorus doctor --fix` 会代劳。',
    ),
    fixable: true,
  },
});

const HOLDS = {
  key: both('a key', '密钥'),
  token: both('the secret of the data folder', '数据文件夹的密钥'),
  database: both('the key that signs the tokens of devices', '给设备令牌签名的密钥'),
  backup: both('a copy of the configuration', '配置的备份'),
} as const;

export function judgeSecretFiles(
  files: readonly SecretFile[],
  platform: NodeJS.Platform = process.platform,
): readonly Finding[] {
  // Permission bits mean nothing on Windows.
  const open = platform === 'win32' ? [] : files.filter(({ mode }) => (mode & OTHERS) !== 0);
  const findings = open.map(({ path, mode, holds }) => {
    const word = HOLDS[holds];
    const octal = mode.toString(8).padStart(3, '0');
    return found(
      KNOWN.readable,
      both(`${path} (mode ${octal}) holds ${say(word, 'en')}.`, `${path}（权限 ${octal}）里有${say(word, 'zh')}。`),
      { fix: { type: 'chmod', path, mode: PRIVATE } },
    );
  });
  return orOk(
    findings,
    'secrets',
    both(`${files.length} files, for their owner alone`, `${files.length} 个文件，只有所有者能读`),
  );
}

const say = (text: (typeof HOLDS)[keyof typeof HOLDS], language: 'en' | 'zh'): string =>
  typeof text === 'string' ? text : text[language];

export const secretsCheck: Check = {
  id: 'secrets',
  about: both(
    'Permissions of the files that hold keys: configuration, copies of it, database, local token',
    '含密钥文件的权限：配置及其备份、数据库、本机令牌',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, configuration, config }) {
    const text = await readFile(configuration.file, 'utf8').catch(() => undefined);
    return judgeSecretFiles(await secretFiles(dataDir, configuration.file, text, config.store.file));
  },
};
