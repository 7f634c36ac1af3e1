import { both } from '../../../core/index.js';
import { describeMistake, describeNote } from '../../../config/index.js';
import type { Check, Configuration } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

const KNOWN = issues('config', {
  mistake: {
    severity: 'fault',
    title: both('The configuration has a mistake.', '配置有错误。'),
    cause: both(
      'A key is unknown, or its value is not allowed. The server does not start with it.',
      '有不认识的配置项，或值不被允许。服务器不会用它启动。',
    ),
    remedy: both(
      'Correct the line that is named; `chorus config schema` shows what is allowed, ' +
        '`chorus config rollback` goes back to the copy before.',
      '改正所指的那一行；`chorus config schema` 显示允许的写法，`chorus config rollback` 回到上一份备份。',
    ),
  },
  unreadable: {
    severity: 'fault',
    title: both('The configuration file cannot be read.', '配置文件无法读取。'),
    cause: both(
      'It is not there under that name, belongs to another user, or is larger than 1 MB.',
      '没有这个文件，或属于别的用户，或大于 1 MB。',
    ),
    remedy: both(
      'Check the path (--config, CHORUS_CONFIG) and its owner.',
      '检查路径（--config、CHORUS_CONFIG）和文件的所有者。',
    ),
  },
  note: {
    severity: 'note',
    title: both('The configuration is right and has something worth knowing.', '配置正确，但有值得一看的地方。'),
    cause: both(
      'An old name of a key, the configuration of another server in the data folder, an allowlist without devices.',
      '用了旧的配置项名、数据文件夹里有别的服务器的配置、允许列表是空的。',
    ),
    remedy: both('Nothing has to be done.', '不必处理。'),
  },
});

export function judgeConfiguration(configuration: Configuration): readonly Finding[] {
  if ('unreadable' in configuration)
    return [
      found(
        KNOWN.unreadable,
        both(
          `${configuration.file}: ${configuration.unreadable}`,
          `${configuration.file}：${configuration.unreadable}`,
        ),
      ),
    ];
  const notes = configuration.notes.map((note) =>
    found(KNOWN.note, both(describeNote(note, 'en'), describeNote(note, 'zh'))),
  );
  if (!configuration.ok)
    return [
      ...configuration.mistakes.map((mistake) =>
        found(KNOWN.mistake, both(describeMistake(mistake, 'en'), describeMistake(mistake, 'zh'))),
      ),
      ...notes,
    ];
  return orOk(notes, 'config', configuration.fileExists ? configuration.file : both('defaults', '默认值'));
}

export const configurationCheck: Check = {
  id: 'config',
  about: both(
    'Configuration: syntax, unknown keys, values, rules between them, references to secrets',
    '配置：语法、不认识的项、取值、相互关系、密钥的引用',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: ({ configuration }) => Promise.resolve(judgeConfiguration(configuration)),
};
