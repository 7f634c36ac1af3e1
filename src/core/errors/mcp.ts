import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, named } from './sentences.js';

/** Errors of MCP servers (docs/tools.md). */
export const MCP_ERRORS = {
  'mcp.unreachable': {
    log: 'warn',
    retryable: true,
    status: 502,
    cause: {
      en: 'An MCP server cannot be started or reached, has ended, or does not answer.',
      zh: ({ server, reason }) => inBrackets(`MCP 服务器${named(server)}启动不了、连不上或没有回答`, reason),
    },
    remedy: both(
      'It is tried again by itself. `npx chorus mcp test NAME` tries it now and shows what it says.',
      '会自动再试。`npx chorus mcp test 名称` 立刻试一次并显示它说了什么。',
    ),
  },
  'mcp.bad_entry': {
    log: 'warn',
    cause: {
      en: 'An entry of the file with the MCP servers cannot be used.',
      zh: ({ server, reason }) => inBrackets(`文件里的 MCP 服务器${named(server)}不能用`, reason),
    },
    remedy: both(
      'Correct the entry, then `npx chorus mcp reload`. The other servers work meanwhile.',
      '请改正这一项，然后运行 `npx chorus mcp reload`。其他服务器照常工作。',
    ),
  },
  'mcp.bad_file': {
    log: 'warn',
    cause: {
      en: 'The file with the MCP servers cannot be read.',
      zh: ({ file, reason }) => inBrackets(`MCP 服务器文件${named(file)}读不了`, reason),
    },
    remedy: both(
      'It is JSON with an object `mcpServers`; docs/tools.md shows one. The servers that were there go on.',
      '它是带有 `mcpServers` 对象的 JSON，示例见文档《工具》。原有的服务器继续工作。',
    ),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
