import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'The file with the MCP servers, and their programs',
  issues: {
    file: {
      title: 'The file with the MCP servers cannot be read.',
      cause: 'It is not JSON with an object `mcpServers`, or `mcp.servers_file` names another place.',
      remedy: 'Correct it; docs/tools.md shows an example. Then run `chorus mcp reload`.',
    },
    entry: {
      title: 'An MCP server of the file cannot be used.',
      cause: 'Its entry is incomplete or malformed.',
      remedy: 'Correct it, then run `chorus mcp reload`.',
    },
    command: {
      title: 'The program of an MCP server is not installed.',
      cause: 'Its command is not found in PATH. A service often has a shorter PATH than a shell.',
      remedy: 'Install it, or write its whole path into the file. `chorus mcp test NAME` tries it.',
    },
    offers_nothing: {
      title: 'No tool is offered to an access point of another server.',
      cause: 'Its entry names no tool, and only tools that are named there are offered.',
      remedy: 'Name tools in `tools` (docs/tools.md), then `chorus mcp reload`; or remove the entry.',
    },
  },
  failed: (name: string, reason: string) => `${name}: ${reason}.`,
  notFound: (name: string, command: string) => `${name}: ${command} is not found.`,
  nothing: (name: string) => `${name}: no tool is named.`,
  servers: (count: number) => `${count} MCP servers`,
  unreadable: (message: string) => `${message}.`,
};

const zh: typeof en = {
  about: 'MCP 服务器的文件和它们的程序',
  issues: {
    file: {
      title: 'MCP 服务器文件读不了。',
      cause: '它不是带 `mcpServers` 的 JSON，或者 `mcp.servers_file` 写错了位置。',
      remedy: '请改正，示例见 docs/tools.zh-CN.md，然后运行 `chorus mcp reload`。',
    },
    entry: {
      title: '文件里有一个 MCP 服务器不能用。',
      cause: '这一项不完整或写错了。',
      remedy: '请改正，然后运行 `chorus mcp reload`。',
    },
    command: {
      title: '没有安装某个 MCP 服务器的程序。',
      cause: '在 PATH 里找不到这个命令。服务的 PATH 常比命令行的短。',
      remedy: '请安装它，或在文件里写完整路径。`chorus mcp test 名称` 可以试一下。',
    },
    offers_nothing: {
      title: '有一个接入点没有配置任何工具。',
      cause: '这一项没有写工具，而只有写明的工具才会提供。',
      remedy: '在 `tools` 里写上工具（docs/tools.zh-CN.md），然后运行 `chorus mcp reload`；或去掉这一项。',
    },
  },
  failed: (name, reason) => `${name}：${reason}。`,
  notFound: (name, command) => `${name}：找不到 ${command}。`,
  nothing: (name) => `${name}：没有写工具。`,
  servers: (count) => `${count} 个 MCP 服务器`,
  unreadable: (message) => `${message}。`,
};

export const mcpWords = bilingualWords({ en, zh });
