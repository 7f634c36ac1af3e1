import type { UiLanguage } from '../../core/index.js';

/** Texts that concern all commands. The texts of a single command are in the file with its name. */
const en = {
  yes: 'yes',
  no: 'no',
  help: {
    program: 'Chorus: a voice server for xiaozhi devices. `chorus serve` starts it; everything else is optional.',
    titles: {
      'Usage:': 'Usage:',
      'Options:': 'Options:',
      'Commands:': 'Commands:',
      'Arguments:': 'Arguments:',
      'Global Options:': 'Global options:',
    } as Readonly<Record<string, string>>,
    defaultValue: 'default:',
    helpFlag: 'show this help',
    helpCommand: 'show the help of a command',
    version: 'print the version',
    lang: 'language of what is printed: zh or en (otherwise by LANG)',
    after: `
First steps (in a clone of the repository: npx chorus ...):
  chorus serve                     start the server; it prints the address to enter on the device
  chorus device --say clip.wav     talk to it without a device
  chorus setup                     five questions: language, language model, voice, pairing, port
  chorus monitor --mode both       two simulated devices talk, then a report says how it went

Exit codes: 0 success, 1 failed, 2 wrong command line, 3 configuration, 4 data folder, database or disk, 5 port,
            6 model, 7 server not reached or refused, 8 no proper answer to a device, 9 not everything could be
            looked at, or a measurement that cannot be used, 10 a configuration that did not work and was
            taken back, 11 a server that is to be started again, 130 interrupted`,
    data: 'folder for configuration, database and models',
    config: 'configuration file (otherwise config.yaml in the data folder)',
    set: 'set one configuration key, e.g. --set llm.preset=glm; may be repeated',
    json: 'print JSON for scripts',
  },
  usage: {
    hint: (command: string) => `\`${command} --help\` shows the possible arguments.`,
    notUrl: 'It is not a web address, such as http://192.168.1.20:8000/xiaozhi/ota/',
    translate: (message: string) => message,
  },
  error: {
    prefix: 'Error: ',
    unexpected: 'This should not happen. Please report it with these lines:',
    remedy: 'What to do: ',
  },
  config: {
    mistakes: (count: number) =>
      count === 1 ? 'The configuration has a mistake.' : `The configuration has ${count} mistakes.`,
    note: 'Note: ',
  },
};

export type Messages = typeof en;

const zh: Messages = {
  yes: '是',
  no: '否',
  help: {
    program: 'Chorus：小智设备的语音服务器。`chorus serve` 启动它，其他命令都可以不用。',
    titles: {
      'Usage:': '用法：',
      'Options:': '选项：',
      'Commands:': '命令：',
      'Arguments:': '参数：',
      'Global Options:': '全局选项：',
    },
    defaultValue: '默认',
    helpFlag: '显示帮助',
    helpCommand: '显示某个命令的帮助',
    version: '显示版本',
    lang: '界面语言：zh 或 en（不写则按 LANG）',
    after: `
第一步（在克隆下来的仓库里写 npx chorus ...）：
  chorus serve                     启动服务器，它会显示要填到设备上的地址
  chorus device --say clip.wav     没有设备也能和它说话
  chorus setup                     五个问题：语言、大模型、音色、配对、端口
  chorus monitor --mode both       两台模拟设备来对话，结果写成一个网页

退出码：0 正常，1 失败，2 命令写错，3 配置有误，4 数据文件夹、数据库或磁盘，5 端口，
        6 模型，7 连不上或被服务器拒绝，8 设备没有得到正常的回答，9 有的项目无法检查或测量不能作数，
        10 新配置不能工作、已恢复，11 服务器要求重新启动，130 被中断`,
    data: '存放配置、数据库和模型的文件夹',
    config: '配置文件（不写则用数据文件夹里的 config.yaml）',
    set: '设置一个配置项，例如 --set llm.preset=glm；可以写多次',
    json: '输出 JSON，给脚本用',
  },
  usage: {
    hint: (command) => `用 \`${command} --help\` 查看写法。`,
    notUrl: '这不是网址，网址例如 http://192.168.1.20:8000/xiaozhi/ota/',
    translate: (message) =>
      message
        .replace(/unknown option '([^']*)'/, '没有选项 $1')
        .replace(/unknown command '([^']*)'/, '没有命令 $1')
        .replace(/missing required argument '([^']*)'/, '缺少参数 $1')
        .replace(/option '([^']*)' argument missing/, '选项 $1 后面缺少值')
        .replace(/option '([^']*)' argument '([^']*)' is invalid\.\s*/, '选项 $1 的值 $2 不对：')
        .replace(
          /\s*Allowed choices are ([^.]*)\./,
          (_all, choices: string) => `可以是 ${choices.replaceAll(', ', '、')}`,
        )
        .replace(
          /too many arguments(?: for '([^']*)')?\. Expected (\d+) arguments? but got (\d+)\./,
          '参数太多：应为 $2 个，写了 $3 个',
        )
        .replace(/\(Did you mean (?:one of )?(.*?)\?\)/, '（是不是想写 $1？）')
        .replace(/^error: /, ''),
  },
  error: {
    prefix: '错误：',
    unexpected: '这不应该发生。请带上这几行报告给我们：',
    remedy: '怎么办：',
  },
  config: {
    mistakes: (count) => `配置有 ${count} 处错误。`,
    note: '提示：',
  },
};

export const MESSAGES: Readonly<Record<UiLanguage, Messages>> = { en, zh };
