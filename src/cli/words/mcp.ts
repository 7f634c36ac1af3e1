import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    list: 'MCP servers of the running server, their state and tools, and where tools are offered',
    test: 'connect to the servers of the file from here, and list their tools; needs no running server',
    name: 'a server of the file; default: all of them',
    call: 'call a tool on the running server, without asking anybody',
    tool: 'the tool, as `list` shows it',
    input: 'its arguments as JSON',
    reload: 'read the file again: servers come and go while devices talk',
    token: 'tokens of the access point, to which programs elsewhere connect and offer their tools',
    create: 'make a token; it is shown this once',
    agent: 'the agent that may use what connects; default: every device',
    tokens: 'tokens, and what is connected with them',
    revoke: 'make a token invalid, and end what is connected with it',
    id: 'id of the token',
    after: `
Examples:
  chorus mcp test
  chorus mcp call files_list_directory '{"path": "/srv/music"}'
  chorus mcp token create --agent pirate`,
  },
  columns: {
    server: 'SERVER',
    state: 'STATE',
    tools: 'TOOLS',
    place: 'PLACE',
    offeredTo: 'OFFERED TO',
    calls: 'CALLS',
    token: 'TOKEN',
    agent: 'AGENT',
    made: 'MADE',
    bridges: 'CONNECTIONS',
  },
  states: { connecting: 'connecting', ready: 'ready', failed: 'failed' },
  noServers: (files: string) => `There is no MCP server. They are read from ${files}.`,
  noTokens: 'There is no token. `chorus mcp token create` makes one.',
  unused: 'not there, REST is used',
  asks: 'asks first',
  unknown: 'there is no such tool to offer',
  notJson: 'the arguments are not a JSON object',
  noSuch: (name: string) => `the file has no server ${name}`,
  everyDevice: 'every device',
  made: (id: string, address: string) => `Token ${id}, shown this once. Programs connect to:\n  ${address}\n`,
  revoked: (id: string) => `Token ${id} is revoked.`,
};

const zh: typeof en = {
  help: {
    list: '正在运行的服务器的 MCP 服务器、状态和工具，以及向谁提供工具',
    test: '从这里连接文件里的服务器并列出工具；不需要正在运行的服务器',
    name: '文件里的某个服务器；不写则全部',
    call: '在正在运行的服务器上调用一个工具，不再询问',
    tool: '工具，名称见 `list`',
    input: '参数，JSON',
    reload: '重新读取文件：设备对话时也可以增减服务器',
    token: '接入点的令牌：别处的程序用它连接并提供工具',
    create: '新建一个令牌，只显示这一次',
    agent: '哪个智能体可以用它带来的工具；不写则所有设备',
    tokens: '令牌，以及用它们连接着的程序',
    revoke: '作废一个令牌，断开用它的连接',
    id: '令牌的编号',
    after: `
例子：
  chorus mcp test
  chorus mcp call files_list_directory '{"path": "/srv/music"}'
  chorus mcp token create --agent pirate`,
  },
  columns: {
    server: '服务器',
    state: '状态',
    tools: '工具数',
    place: '位置',
    offeredTo: '提供给',
    calls: '调用次数',
    token: '令牌',
    agent: '智能体',
    made: '创建时间',
    bridges: '连接数',
  },
  states: { connecting: '连接中', ready: '可用', failed: '失败' },
  noServers: (files) => `没有 MCP 服务器。从这里读取：${files}。`,
  noTokens: '没有令牌。用 `chorus mcp token create` 新建。',
  unused: '没有，改用 REST',
  asks: '先询问',
  unknown: '没有这个工具可以提供',
  notJson: '参数不是 JSON 对象',
  noSuch: (name) => `文件里没有服务器 ${name}`,
  everyDevice: '所有设备',
  made: (id, address) => `令牌 ${id}，只显示这一次。程序连接的地址：\n  ${address}\n`,
  revoked: (id) => `令牌 ${id} 已作废。`,
};

export const mcpWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
