import { bilingualWords } from '../core/index.js';

const en = {
  refusedSecret: (key: string) => `${key} does not take this value.`,
  refused: (key: string, value: string) => `${key} does not take ${value}.`,
  reference: (key: string) => `${key} would refer to a file or variable of this machine.`,
  tooLarge: 'it is larger than 4 MB, which no configuration is',
  noText: 'it is no text',
  unreadable: (code: string) => `it cannot be read (${code})`,
  noYaml: 'it is not valid YAML',
  tooDeep: 'it is nested too deeply, or far too large',
  noLines: 'it does not consist of "key: value" lines',
  noJson: 'it is not valid JSON',
  noDump: 'there is nothing of manager-api in it (a dump with data is needed: `mysqldump xiaozhi_esp32_server`)',
  noPort: (value: number) => `${value} is no port.`,
  noTokens: (entries: number) => `${entries} entries have no token.`,
  noMac: (rows: number) => `Rows without a MAC address: ${rows}.`,
  leftOut: (rows: number) => `Rows that were left out, because they are too long, too many or not complete: ${rows}.`,
  otherCorrections: (agents: number) =>
    `Words to replace hold for the whole server here: those of one agent are taken. (Other agents: ${agents}.)`,
  noDailyLimit:
    'The configured assistant has no daily limit; an agent has (`chorus agents set ID --characters-per-day N`).',
  otherModel: 'Its language model has no counterpart or is not complete; the configured one answers in its place.',
  otherRecogniser:
    'Its recogniser has no counterpart, is not complete, or has other settings than the same service of another ' +
    'agent; the configured one recognises in its place.',
  otherTable: (about: string, rows: number) => `${about} (Rows: ${rows}.)`,
  otherTables: {
    ai_voiceprint: 'An older list of voices, which has no ids of the voiceprint-api.',
    ai_ota: 'Firmware: add it again with `chorus firmware add`.',
  },
  unknownKey: 'Unknown to Chorus; it is not read.',
  notTaken: (value: string, about: string) => `${value} cannot be taken. ${about}`,
  noWebSocket: 'It is not a ws:// address.',
  noHealth: 'It is not a health address with a key.',
  tooManyAccessPoints: (limit: number, agents: number) => `Access points of more agents than ${limit}: ${agents}.`,
  toolsOfMainAgent:
    'The tools of the agent that becomes the configuration: an entry without `agents` in mcp_servers.json would ' +
    'give them to every agent, so it is yours to add (docs/tools.md).',
  needsFolder: 'Import it with its folder: the settings of the server.',
  incompleteMemories: (rows: number) => `Entries without a text or a MAC address: ${rows}.`,
  memoriesWithoutDevice: (agents: number) =>
    `A memory is that of a device here; agents with a memory and without a device: ${agents}.`,
  incompleteSettings: 'Its settings are not complete (address or model is missing, or still the example).',
  chooseLlm: 'Choose a language model: `chorus setup`, or llm.preset and llm.api_key.',
  noProvider: 'This is not the name of a provider.',
  unknownType: (type: string) => `Chorus does not know a provider of type ${type}.`,
  noCounterpart: 'Not taken: it has no counterpart, or it is a default of the old server.',
  noVoiceprints: (names: number) => `No voiceprint-api is configured, which keeps the voices. (Names: ${names}.)`,
  peopleLeftOut: (people: number) =>
    `Not taken, because they are too many, twice there, or have no id or name: ${people}.`,
  needsManager:
    'The old server took its settings from its web console: import a `mysqldump` of xiaozhi_esp32_server too.',
  ownPrompt:
    'Not needed: Chorus asks for spoken sentences by itself. What it says of the character belongs to llm.prompt.',
};

const zh: typeof en = {
  refusedSecret: (key) => `${key} 不接受这个值。`,
  refused: (key, value) => `${key} 不接受 ${value}。`,
  reference: (key) => `${key} 会引用本机的文件或环境变量。`,
  tooLarge: '超过 4 MB，不可能是配置文件',
  noText: '不是文本文件',
  unreadable: (code) => `无法读取（${code}）`,
  noYaml: '不是有效的 YAML',
  tooDeep: '嵌套过深，或内容过多',
  noLines: '不是由“键: 值”组成的',
  noJson: '不是有效的 JSON',
  noDump: '里面没有智控台的数据（需要带数据的导出：`mysqldump xiaozhi_esp32_server`）',
  noPort: (value) => `${value} 不是端口。`,
  noTokens: (entries) => `有 ${entries} 项没有令牌。`,
  noMac: (rows) => `没有 MAC 地址的行：${rows}。`,
  leftOut: (rows) => `未采用的行（过长、过多或不完整）：${rows}。`,
  otherCorrections: (agents) => `替换词在这里对整个服务器生效：只沿用一个智能体的。（其他智能体：${agents} 个）`,
  noDailyLimit: '配置中的助手没有每日上限；智能体有（`chorus agents set ID --characters-per-day N`）。',
  otherModel: '它的大模型没有对应的服务，或设置不完整；由配置中的大模型代替回答。',
  otherRecogniser: '它的语音识别没有对应的服务、设置不完整，或与另一个智能体的同一服务设置不同；由配置中的识别代替。',
  otherTable: (about, rows) => `${about}（${rows} 行）`,
  otherTables: {
    ai_voiceprint: '较早的声纹列表，没有 voiceprint-api 的编号。',
    ai_ota: '固件：请用 `chorus firmware add` 重新添加。',
  },
  unknownKey: 'Chorus 不认识这一项，不读取。',
  notTaken: (value, about) => `无法采用 ${value}。${about}`,
  noWebSocket: '不是 ws:// 地址。',
  noHealth: '不是带密钥的健康检查地址。',
  tooManyAccessPoints: (limit, agents) => `超过 ${limit} 个智能体的接入点：${agents} 个。`,
  toolsOfMainAgent:
    '成为配置的那个智能体的工具：mcp_servers.json 里不带 `agents` 的条目会让所有智能体都能使用它们，' +
    '因此由你决定是否添加（docs/tools.zh-CN.md）。',
  needsFolder: '请连同所在文件夹（服务器的设置）一起导入。',
  incompleteMemories: (rows) => `没有文字或 MAC 地址的条目：${rows}。`,
  memoriesWithoutDevice: (agents) => `记忆在这里属于设备；有记忆但没有设备的智能体：${agents} 个。`,
  incompleteSettings: '设置不完整（缺少地址或模型，或仍是示例值）。',
  chooseLlm: '请选择大模型：`chorus setup`，或设置 llm.preset 和 llm.api_key。',
  noProvider: '这不是服务的名称。',
  unknownType: (type) => `Chorus 不认识类型 ${type}。`,
  noCounterpart: '不沿用：没有对应的设置，或是原默认值。',
  noVoiceprints: (names) => `没有配置保存声音的 voiceprint-api。（${names} 个名字）`,
  peopleLeftOut: (people) => `未采用（过多、重复，或没有编号或名字）：${people}。`,
  needsManager: '原服务器的设置来自智控台：请用 `mysqldump` 导出数据库（xiaozhi_esp32_server），再导入该文件。',
  ownPrompt: '不需要：Chorus 会自动要求口语化短句。其中的人设请写入 llm.prompt。',
};

export const movingOverWords = bilingualWords({ en, zh });
