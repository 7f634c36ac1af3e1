import { both } from '../../../core/index.js';
import { CATALOGUE, type ModelInspection, speaks } from '../../../engines/index.js';
import type { Config } from '../../../config/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { languageOf, neededModels } from '../needs.js';

const KNOWN = issues('models', {
  damaged: {
    severity: 'fault',
    title: both('A model does not load: a file of it is damaged.', '模型无法加载：文件已损坏。'),
    cause: both(
      'The download or a copy of it was cut, or the disk has lost something. ' +
        'Loading such a file would end the process, so it is not tried.',
      '下载或拷贝中断，或磁盘出错。加载这样的文件会让进程崩溃，所以服务器不会去加载。',
    ),
    remedy: both(
      '`chorus models pull ID --force`; `chorus doctor --fix` does it. Without internet add `--file ARCHIVE`.',
      '`chorus models pull 编号 --force`；`chorus doctor --fix` 会代劳。没有网络时加 `--file 压缩包`。',
    ),
    fixable: true,
  },
  package: {
    severity: 'fault',
    title: both('A model that comes with Chorus is damaged or missing.', '随 Chorus 安装的模型损坏或缺失。'),
    cause: both('node_modules is not complete, or was changed.', 'node_modules 不完整或被改动过。'),
    remedy: both('Run `npm ci` in the folder of Chorus.', '在 Chorus 的文件夹里运行 `npm ci`。'),
  },
  missing: {
    severity: 'fault',
    title: both(
      'A model that the configuration needs is not installed, and is not fetched by itself.',
      '配置需要的模型没有安装，也不会自动下载。',
    ),
    cause: both(
      '`models.auto_pull` is off, or the model is one that must be installed by hand.',
      '`models.auto_pull` 已关闭，或这个模型需要手动安装。',
    ),
    remedy: both(
      '`chorus models pull ID`; `chorus doctor --fix` does it. A running server notices.',
      '`chorus models pull 编号`；`chorus doctor --fix` 会代劳。运行中的服务器会自己发现。',
    ),
    fixable: true,
  },
  to_come: {
    severity: 'note',
    title: both('A model that the configuration needs is not installed yet.', '配置需要的模型还没有安装。'),
    cause: both(
      'The server fetches it at its start (`models.auto_pull`).',
      '服务器启动时会下载（`models.auto_pull`）。',
    ),
    remedy: both(
      'Nothing has to be done; `chorus models pull ID` fetches it now.',
      '不必处理；`chorus models pull 编号` 可以现在就下载。',
    ),
    fixable: true,
  },
  wrong_language: {
    severity: 'fault',
    title: both('The chosen model does not understand the language of the server.', '所选的模型听不懂服务器的语言。'),
    cause: both(
      '`asr.model` names a model that does not speak `session.language`.',
      '`asr.model` 指定的模型不支持 `session.language`。',
    ),
    remedy: both(
      'Set `asr.model` to auto, or to a model of that language (`chorus models list`).',
      '把 `asr.model` 设为 auto，或支持该语言的模型（`chorus models list`）。',
    ),
  },
});

const RESULTS = {
  missing: both('missing', '缺失'),
  'wrong size': both('cut or of another size', '被截断或大小不对'),
  'wrong hash': both('of another content', '内容不对'),
  ok: both('right', '正确'),
} as const;
const inLanguage = (result: keyof typeof RESULTS, language: 'en' | 'zh'): string => {
  const text = RESULTS[result];
  return typeof text === 'string' ? text : text[language];
};

export function judgeModels(config: Config, inspections: readonly ModelInspection[]): readonly Finding[] {
  const findings: Finding[] = [];
  const byId = new Map(inspections.map((inspection) => [inspection.model.id, inspection]));
  for (const { model, state, files } of inspections) {
    if (state !== 'damaged' && !(state === 'missing' && model.source.type === 'package')) continue;
    const bad = files.filter(({ result }) => result !== 'ok');
    const words = (language: 'en' | 'zh'): string =>
      bad.map(({ name, result }) => `${name} ${inLanguage(result, language)}`).join(', ');
    const what = both(`${model.id}: ${words('en') || 'not complete'}.`, `${model.id}：${words('zh') || '不完整'}。`);
    if (model.source.type === 'download')
      findings.push(found(KNOWN.damaged, what, { fix: { type: 'pull', model: model.id, bytes: model.downloadBytes } }));
    else if (model.source.type === 'package') findings.push(found(KNOWN.package, what));
    else if (model.source.type === 'folder')
      findings.push(
        found(KNOWN.damaged, what, {
          remedy: both(
            `Put its files into ${model.source.name} in the folder of models again, and remove manifest.json there.`,
            `把文件重新放进模型文件夹里的 ${model.source.name}，并删除其中的 manifest.json。`,
          ),
        }),
      );
    else
      findings.push(
        found(KNOWN.damaged, what, {
          severity: 'warning',
          remedy: both(
            `Make it again: \`${model.source.command} --force\`, or \`chorus models rm ${model.id}\`.`,
            `重新制作：\`${model.source.command} --force\`，或 \`chorus models rm ${model.id}\`。`,
          ),
        }),
      );
  }
  for (const { model, why } of neededModels(config, ({ id }) => byId.get(id)?.state === 'installed')) {
    if (byId.get(model.id)?.state !== 'missing' || model.source.type === 'package') continue;
    const what = both(
      `${model.id} (${why === 'voice' ? 'tts.provider' : `for ${languageOf(config)}`}) is not installed.`,
      `没有安装 ${model.id}（${why === 'voice' ? 'tts.provider' : `用于 ${languageOf(config)}`}）。`,
    );
    const fix =
      model.source.type === 'download'
        ? ({ fix: { type: 'pull', model: model.id, bytes: model.downloadBytes } } as const)
        : {};
    findings.push(
      found(config.models.auto_pull && model.source.type === 'download' ? KNOWN.to_come : KNOWN.missing, what, fix),
    );
  }
  const chosen = CATALOGUE.find(({ id, kind, hidden }) => kind === 'asr' && hidden !== true && id === config.asr.model);
  if (chosen && !speaks(chosen, languageOf(config)))
    findings.push(
      found(
        KNOWN.wrong_language,
        both(
          `${chosen.id} speaks ${chosen.languages.join(', ')}; session.language is ${config.session.language}.`,
          `${chosen.id} 支持 ${chosen.languages.join('、')}；session.language 是 ${config.session.language}。`,
        ),
      ),
    );
  const whole = inspections.filter(({ state }) => state === 'installed').map(({ model }) => model.id);
  return orOk(findings, 'models', whole.join(', '));
}

export const modelsCheck: Check = {
  id: 'models',
  about: both(
    'Models: those that the configuration needs, sizes and hashes of all, the language',
    '模型：配置需要哪些、全部文件的大小和哈希、语言',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ config, models }) => judgeModels(config, await models()),
};
