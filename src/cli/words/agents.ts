import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    listAll: 'list them',
    list: ' (several with commas; `none`: none at all)',
    set: 'add one, or change what is named of it; an empty value: as the configuration says',
    assign:
      'let it answer on a device, from its next connection on; without one the configuration says again who answers',
    rm: 'remove one; on its devices the configuration says again who answers',
    id: 'a name for commands: letters, digits, `.`, `-` and `_`',
    promptFile: 'the prompt, from a file',
    examples:
      'add the ready-made ones that are not there yet: helper, story teller, English coach, ' +
      'quiz master, companion; all but the quiz master remember what they are told',
    roles:
      'agents that the device may change to by voice, with commas; `default`: the configured ' +
      'assistant; `none`: no other',
    all: 'for all devices; then the only argument is the agent',
    match: 'for all devices whose name or address fits, with `*` for anything, e.g. "Class 3*"',
    yes: 'do not ask first',
    after: `
Example:
  chorus agents set pirate --prompt "You are a pirate." --voice en-GB-RyanNeural
  chorus agents assign kitchen pirate
  chorus agents assign teacher --match "Class 3*"`,
  },
  assignWhat: 'Name a device and the agent, or the agent alone with --all or --match.',
  askSeveral: (devices: number, id: string | undefined) =>
    id === undefined
      ? `Let the configuration say again who answers on these ${devices} devices?`
      : `Let ${id} answer on these ${devices} devices?`,
  sayYes: 'Nothing was changed. With --yes it is done without asking.',
  several: (devices: number) => (devices === 1 ? 'one device' : `${devices} devices`),
  none: 'There is no agent yet: the configured assistant answers on every device.',
  columns: { id: 'AGENT', devices: 'DEVICES' },
  kept: (name: string, devices: number) =>
    devices === 0
      ? `${name} is kept. Give it a device with \`chorus agents assign\`.`
      : `${name} is kept; it counts from the next connection of its ` +
        `${devices === 1 ? 'device' : `${devices} devices`} on.`,
  added: (ids: readonly string[]) =>
    ids.length === 0 ? 'All of them are there already.' : `Added: ${ids.join(', ')}.`,
  removed: (id: string) => `${id} is removed.`,
  assigned: (device: string, id: string | undefined) =>
    id === undefined
      ? `On ${device} the configuration says again who answers, from its next connection on.`
      : `On ${device} ${id} answers, from its next connection on.`,
};

const zh: typeof en = {
  help: {
    listAll: '列出智能体',
    list: '（多个用逗号分开；`none` 表示一个也没有）',
    set: '新增一个，或修改写出的各项；值留空则按配置',
    assign: '让它在某台设备上回答，从下一次连接开始；不写智能体则恢复按配置回答',
    rm: '删除一个；它的设备恢复按配置回答',
    id: '命令里用的名字：字母、数字、`.`、`-` 和 `_`',
    promptFile: '提示词，从文件读取',
    examples: '添加还没有的现成智能体：家庭助手、故事大王、英语老师、问答主持人、贴心陪伴；除主持人外都会记住听到的事',
    roles: '这台设备可以用语音换成的智能体，用逗号分开；`default` 表示按配置的助手；`none` 表示没有',
    all: '用于所有设备；这时唯一的参数是智能体',
    match: '用于名字或地址符合的所有设备，`*` 代表任意内容，例如 "三班*"',
    yes: '不先询问',
    after: `
例子：
  chorus agents set pirate --prompt "你是一个海盗。" --voice zh-CN-YunxiNeural
  chorus agents assign kitchen pirate
  chorus agents assign teacher --match "三班*"`,
  },
  assignWhat: '请写设备和智能体；用 --all 或 --match 时只写智能体。',
  askSeveral: (devices, id) =>
    id === undefined ? `这 ${devices} 台设备恢复按配置回答？` : `这 ${devices} 台设备改由 ${id} 回答？`,
  sayYes: '没有改动。加上 --yes 就不再询问。',
  several: (devices) => `${devices} 台设备`,
  none: '还没有智能体：每台设备都由配置的助手回答。',
  columns: { id: '智能体', devices: '设备数' },
  kept: (name, devices) =>
    devices === 0
      ? `${name} 已保存。用 \`chorus agents assign\` 给它分配设备。`
      : `${name} 已保存，从它的 ${devices} 台设备下一次连接开始生效。`,
  added: (ids) => (ids.length === 0 ? '都已经有了。' : `已添加：${ids.join('、')}。`),
  removed: (id) => `${id} 已删除。`,
  assigned: (device, id) =>
    id === undefined ? `${device} 从下一次连接开始恢复按配置回答。` : `${device} 从下一次连接开始由 ${id} 回答。`,
};

export const agentWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
