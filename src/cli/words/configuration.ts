import type { UiLanguage } from '../../core/index.js';

const en = {
  right: (file: string, exists: boolean) =>
    exists ? `${file} is right.` : `There is no ${file}; the defaults are in force, and right.`,
  help: {
    check: 'check the configuration; names every mistake',
    show:
      'print what file, environment and options say now and where each value comes from (secrets masked); ' +
      'a running server has it after `config apply` or SIGHUP',
    schema: 'print the JSON Schema, so that editors complete the keys',
    backup: 'keep a copy of the configuration file in the data folder (backups/, for its owner alone)',
    list: 'list the copies, newest first',
    diff: 'what is different in a file or a copy, key by key (without a name: since the newest copy); secrets masked',
    apply:
      'check a file, keep a copy of the present one, put it into force in the running server, ' +
      'have a simulated device talk to it, and go back if that does not work',
    rollback: 'put a copy into force again (without an id: the newest that is another); the present file is kept first',
    file: 'configuration file',
    fileOrId: 'file, or id of a copy',
    id: 'id of a copy, see `chorus config list`',
    noVerify: 'do not try it out; only the server checks it',
  },
  kept: (id: string, file: string) => `Kept as ${id} (${file}).`,
  nothingToKeep: (file: string) => `There is no ${file}; the defaults are in force, and there is nothing to keep.`,
  none: 'There is no copy yet.',
  noBackup: (id: string | undefined) =>
    id === undefined
      ? 'there is no copy that is different from the present file'
      : `there is no copy ${id}; \`chorus config list\` shows them`,
  noFile: (file: string) => `${file} does not exist`,
  same: 'No difference.',
  notSet: 'not set',
  afterRestart: 'takes effect after a restart',
  applied: (file: string) => `${file} is in force.`,
  noServer: (file: string) =>
    `${file} was replaced. No server runs on this data folder; it takes effect at the next start.`,
  changed: (keys: string) => `Changed: ${keys}`,
  restart: (keys: string) => `Takes effect after a restart: ${keys}`,
  proven: 'A simulated device talked to the server and was answered.',
  wentBack: 'The old configuration is in force again.',
  stayed: 'It is in force, but it does not work:',
  stuck: (reason: string) =>
    `The old file is back in its place, but the server could not be notified: ${reason}. Restart it.`,
  why: {
    mistakes: 'The server refuses it:',
    llm: (reason: string) => `The language model does not work with it: ${reason}`,
    recognition: (reason: string) => `Recognition does not work with it: ${reason}`,
    voice: (reason: string) => `The voice does not work with it: ${reason}`,
    notReady: (what: string) => `The server is not ready with it${what === '' ? '' : `: ${what}`}`,
    failed: (reason: string) => `A simulated device was not answered: ${reason}`,
    turn: {
      no_answer: 'no answer came',
      unfinished: 'the answer never ended',
      closed: 'the connection was closed',
      not_heard: 'nothing was understood',
      busy: 'the server was busy',
      apology: 'only an apology came instead of an answer',
      protocol: 'the answer broke the protocol',
    },
    interrupted: 'Interrupted before it had proved itself.',
    lost: (reason: string) => `The server did not answer: ${reason}`,
  },
  otherFile: (file: string) => `the running server reads ${file}, not the file named with --config`,
  tooOld: 'the running server cannot read its configuration again; restart it once',
};

const zh: typeof en = {
  right: (file, exists) => (exists ? `${file} 没有错误。` : `没有 ${file}；使用默认配置，没有错误。`),
  help: {
    check: '检查配置，指出每一处错误',
    show: '显示文件、环境变量和选项现在的配置以及每个值来自哪里（密钥不显示）；正在运行的服务器要在 `config apply` 或 SIGHUP 之后才生效',
    schema: '输出 JSON Schema，编辑器可据此补全',
    backup: '把配置文件备份到数据文件夹（backups/，只有所有者能读）',
    list: '列出备份，新的在前',
    diff: '逐项比较某个文件或备份（不写则与最近的备份比较）；密钥不显示',
    apply: '检查文件，备份现有配置，让正在运行的服务器使用它，用模拟设备对话一次；不行就自动恢复',
    rollback: '恢复一个备份（不写编号则为最近的、内容不同的一个）；会先备份现有配置',
    file: '配置文件',
    fileOrId: '文件，或备份的编号',
    id: '备份的编号，见 `chorus config list`',
    noVerify: '不试用，只由服务器检查',
  },
  kept: (id, file) => `已备份为 ${id}（${file}）。`,
  nothingToKeep: (file) => `没有 ${file}；使用默认配置，没有可备份的。`,
  none: '还没有备份。',
  noBackup: (id) => (id === undefined ? '没有与现有文件不同的备份' : `没有备份 ${id}；用 \`chorus config list\` 查看`),
  noFile: (file) => `${file} 不存在`,
  same: '没有不同。',
  notSet: '未设置',
  afterRestart: '重启后生效',
  applied: (file) => `${file} 已生效。`,
  noServer: (file) => `已替换 ${file}。没有服务器在使用这个数据文件夹，下次启动时生效。`,
  changed: (keys) => `已改变：${keys}`,
  restart: (keys) => `重启后生效：${keys}`,
  proven: '模拟设备和服务器对话成功。',
  wentBack: '原来的配置仍然有效。',
  stayed: '它已生效，但是不能正常工作：',
  stuck: (reason) => `原来的文件已恢复，但是没能通知服务器：${reason}。请重启它。`,
  why: {
    mistakes: '服务器拒绝了它：',
    llm: (reason) => `用它时大模型不能工作：${reason}`,
    recognition: (reason) => `用它时语音识别不能工作：${reason}`,
    voice: (reason) => `用它时语音合成不能工作：${reason}`,
    notReady: (what) => `用它时服务器没有就绪${what === '' ? '' : `：${what}`}`,
    failed: (reason) => `模拟设备没有得到回答：${reason}`,
    turn: {
      no_answer: '没有回答',
      unfinished: '回答没有结束',
      closed: '连接被关闭',
      not_heard: '什么都没有听懂',
      busy: '服务器正忙',
      apology: '没有回答，只说了抱歉',
      protocol: '回答违反了协议',
    },
    interrupted: '还没有验证完就被中断。',
    lost: (reason) => `服务器没有回应：${reason}`,
  },
  otherFile: (file) => `正在运行的服务器读取的是 ${file}，不是 --config 指定的文件`,
  tooOld: '正在运行的服务器不能重新读取配置；请先重启一次',
};

type ConfigurationWords = typeof en;
export const configurationWords: Readonly<Record<UiLanguage, ConfigurationWords>> = { en, zh };
