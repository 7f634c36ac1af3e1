import { both, type Bilingual } from '../core/index.js';
import type { DefineCommand } from './command.js';

/** A command of `chorus --help`, and the file that defines the command. */
interface CommandEntry {
  readonly about: Bilingual;
  /** Arguments, shown after the command's name in the help. Undefined for a command that only has subcommands. */
  readonly takes?: string;
  /** Loads a command only when it is needed, because the engines' libraries would delay the help. */
  readonly load: () => Promise<{ readonly define: DefineCommand }>;
}

/** In the order of the help. A new command needs a file, its texts in `words/`, and a line here. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    about: both('start the server', '启动服务器'),
    takes: '[options]',
    load: () => import('./commands/serve.js'),
  },
  setup: {
    about: both('ask at most five questions and write the configuration', '最多问五个问题，然后写好配置'),
    takes: '[options]',
    load: () => import('./commands/setup.js'),
  },
  device: {
    about: both(
      'a simulated xiaozhi device: talk to a server without hardware',
      '模拟的小智设备：没有硬件也能和服务器对话',
    ),
    takes: '[options]',
    load: () => import('./commands/device.js'),
  },
  devices: {
    about: both(
      'devices known to the running server: list, show, approve, rename, revoke, rotate, forget',
      '正在运行的服务器认识的设备：列出、查看、批准、命名、撤销、换令牌、删除',
    ),
    load: () => import('./commands/devices.js'),
  },
  say: {
    about: both('say something on a device of the running server', '让正在运行的服务器的一台设备说一句话'),
    takes: '[options] <device> <text>',
    load: () => import('./commands/say.js'),
  },
  ask: {
    about: both(
      'ask something on a device of the running server, and print what the person answers',
      '让正在运行的服务器的一台设备问一个问题，并打印人的回答',
    ),
    takes: '[options] <device> <text>',
    load: () => import('./commands/ask.js'),
  },
  agents: {
    about: both(
      'characters that answer on some devices instead of the configured assistant: list, set, examples, assign, rm',
      '在某些设备上代替配置来回答的智能体：查看、设置、现成的、分配、删除',
    ),
    load: () => import('./commands/agents.js'),
  },
  mcp: {
    about: both(
      'tools of MCP servers, and tokens of the MCP access point: list, test, call, reload, token',
      'MCP 服务器的工具，以及 MCP 接入点的令牌：查看、测试、调用、重新读取、令牌',
    ),
    load: () => import('./commands/mcp.js'),
  },
  memory: {
    about: both(
      'what agents remember beyond a conversation: list, edit, forget, export',
      '智能体跨对话记住了什么：查看、更正、忘掉、导出',
    ),
    load: () => import('./commands/memory.js'),
  },
  knowledge: {
    about: both(
      'documents that agents answer from: add, list, search, remove',
      '智能体据以回答的文档：添加、查看、查找、删除',
    ),
    load: () => import('./commands/knowledge.js'),
  },
  people: {
    about: both('people whose voices are known: list, add, rename, forget', '声音已知的人：查看、添加、改名、忘掉'),
    load: () => import('./commands/people.js'),
  },
  history: {
    about: both('the turns of the past: list, export, forget', '以往的对话：查看、导出、删除'),
    load: () => import('./commands/history.js'),
  },
  costs: {
    about: both('what services with a key were used for, and what that cost', '带密钥的服务用了多少，花了多少'),
    takes: '[options]',
    load: () => import('./commands/costs.js'),
  },
  voice: {
    about: both('voices: preview', '声音：试听'),
    load: () => import('./commands/voice.js'),
  },
  firmware: {
    about: both(
      'firmware updates of devices: add, list, rollout, pause, rm',
      '设备的固件升级：添加、列出、推送、暂停、删除',
    ),
    load: () => import('./commands/firmware.js'),
  },
  models: {
    about: both('local models: what is installed, fetch, check, remove', '本地模型：查看、下载、校验、删除'),
    load: () => import('./commands/models.js'),
  },
  config: {
    about: both(
      'look at the configuration, replace it, go back to an earlier one',
      '查看配置、替换配置、恢复以前的配置',
    ),
    load: () => import('./commands/config.js'),
  },
  profile: {
    about: both(
      'what this machine carries: what was found, what each profile would set, what auto makes of it and why',
      '这台机器能承载多少：查到了什么、每个配置档会设成什么、auto 得出什么以及原因',
    ),
    takes: '[options]',
    load: () => import('./commands/profile.js'),
  },
  bench: {
    about: both(
      'measure how many talking devices a server carries, with simulated ones',
      '用模拟设备测量一台服务器能承载多少台同时对话的设备',
    ),
    takes: '[options]',
    load: () => import('./commands/bench.js'),
  },
  monitor: {
    about: both(
      'watch a running server, let simulated devices talk to it, and write a report',
      '观察运行中的服务器，让模拟设备与它对话，并写出报告',
    ),
    takes: '[options]',
    load: () => import('./commands/monitor.js'),
  },
  doctor: {
    about: both(
      'look at everything that can be wrong, and say what to do about it',
      '检查一切可能出错的地方，并说明怎么办',
    ),
    takes: '[options]',
    load: () => import('./commands/doctor.js'),
  },
  admin: { about: both('the page and its password', '页面和它的密码'), load: () => import('./commands/admin.js') },
  store: {
    about: both('the database: copies, restoring, checking', '数据库：备份、恢复、检查'),
    load: () => import('./commands/store.js'),
  },
  drain: {
    about: both(
      'stop the running server when what is being said has been answered',
      '等正在说的话都得到回答后，停止正在运行的服务器',
    ),
    takes: '[options]',
    load: () => import('./commands/drain.js'),
  },
  upkeep: {
    about: both(
      'clean up, back up and check the data folder; a running server does this by itself (upkeep.at)',
      '清理、备份和检查服务器长期运行留下的东西；运行中的服务器会自己做（upkeep.at）',
    ),
    takes: '[options] [tasks...]',
    load: () => import('./commands/upkeep.js'),
  },
  bundle: {
    about: both(
      'one file with Chorus, its packages and models, for a machine without internet',
      '把 Chorus、它的软件包和模型打成一个文件，供没有互联网的机器使用',
    ),
    takes: '[options]',
    load: () => import('./commands/bundle.js'),
  },
};
