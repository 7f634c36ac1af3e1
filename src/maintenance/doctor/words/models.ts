import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Models: those that the configuration needs, sizes and hashes of all, the language',
  issues: {
    damaged: {
      title: 'A model does not load: a file of it is damaged.',
      cause:
        'The download or a copy of it was cut, or the disk has lost something. ' +
        'Loading such a file would end the process, so it is not tried.',
      remedy: '`chorus models pull ID --force`; `chorus doctor --fix` does it. Without internet add `--file ARCHIVE`.',
    },
    package: {
      title: 'A model that comes with Chorus is damaged or missing.',
      cause: 'node_modules is not complete, or was changed.',
      remedy: 'Run `npm ci` in the folder of Chorus.',
    },
    missing: {
      title: 'A model that the configuration needs is not installed, and is not fetched by itself.',
      cause: '`models.auto_pull` is off, or the model is one that must be installed by hand.',
      remedy: '`chorus models pull ID`; `chorus doctor --fix` does it. A running server notices.',
    },
    to_come: {
      title: 'A model that the configuration needs is not installed yet.',
      cause: 'The server fetches it at its start (`models.auto_pull`).',
      remedy: 'Nothing has to be done; `chorus models pull ID` fetches it now.',
    },
    wrong_language: {
      title: 'The chosen model does not understand the language of the server.',
      cause: '`asr.model` names a model that does not speak `session.language`.',
      remedy: 'Set `asr.model` to auto, or to a model of that language (`chorus models list`).',
    },
  },
  restore: (folder: string) =>
    `Put its files into ${folder} in the folder of models again, and remove manifest.json there.`,
  makeAgain: (command: string, model: string) =>
    `Make it again: \`${command} --force\`, or \`chorus models rm ${model}\`.`,
  notInstalled: (model: string, why: string) => `${model} (${why}) is not installed.`,
  forLanguage: (language: string) => `for ${language}`,
  otherLanguage: (model: string, languages: readonly string[], language: string) =>
    `${model} speaks ${languages.join(', ')}; session.language is ${language}.`,
  results: {
    missing: 'missing',
    'wrong size': 'cut or of another size',
    'wrong hash': 'of another content',
    ok: 'right',
  },
  file: (name: string, result: string) => `${name} ${result}`,
  damaged: (model: string, files: readonly string[]) => `${model}: ${files.join(', ')}.`,
  notComplete: (model: string) => `${model}: not complete.`,
};

const zh: typeof en = {
  about: '模型：配置需要哪些、全部文件的大小和哈希、语言',
  issues: {
    damaged: {
      title: '模型无法加载：文件已损坏。',
      cause: '下载或拷贝中断，或磁盘出错。加载这样的文件会让进程崩溃，所以服务器不会去加载。',
      remedy: '`chorus models pull 编号 --force`；`chorus doctor --fix` 会代劳。没有网络时加 `--file 压缩包`。',
    },
    package: {
      title: '随 Chorus 安装的模型损坏或缺失。',
      cause: 'node_modules 不完整或被改动过。',
      remedy: '在 Chorus 的文件夹里运行 `npm ci`。',
    },
    missing: {
      title: '配置需要的模型没有安装，也不会自动下载。',
      cause: '`models.auto_pull` 已关闭，或这个模型需要手动安装。',
      remedy: '`chorus models pull 编号`；`chorus doctor --fix` 会代劳。运行中的服务器会自己发现。',
    },
    to_come: {
      title: '配置需要的模型还没有安装。',
      cause: '服务器启动时会下载（`models.auto_pull`）。',
      remedy: '不必处理；`chorus models pull 编号` 可以现在就下载。',
    },
    wrong_language: {
      title: '所选的模型听不懂服务器的语言。',
      cause: '`asr.model` 指定的模型不支持 `session.language`。',
      remedy: '把 `asr.model` 设为 auto，或支持该语言的模型（`chorus models list`）。',
    },
  },
  restore: (folder) => `把文件重新放进模型文件夹里的 ${folder}，并删除其中的 manifest.json。`,
  makeAgain: (command, model) => `重新制作：\`${command} --force\`，或 \`chorus models rm ${model}\`。`,
  notInstalled: (model, why) => `没有安装 ${model}（${why}）。`,
  forLanguage: (language) => `用于 ${language}`,
  otherLanguage: (model, languages, language) =>
    `${model} 支持 ${languages.join('、')}；session.language 是 ${language}。`,
  results: { missing: '缺失', 'wrong size': '被截断或大小不对', 'wrong hash': '内容不对', ok: '正确' },
  file: (name, result) => `${name} ${result}`,
  damaged: (model, files) => `${model}：${files.join(', ')}。`,
  notComplete: (model) => `${model}：不完整。`,
};

export const modelsWords = bilingualWords({ en, zh });
