import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Home Assistant: reached, token accepted, and whether its MCP server or its REST interface is used',
  issues: {
    unreachable: {
      title: 'Home Assistant cannot be reached.',
      cause: 'It does not run, or `tools.home_assistant.url` is not its address as seen from here.',
      remedy: 'Open the address in a browser on this machine; correct `tools.home_assistant.url`.',
    },
    refused: {
      title: 'Home Assistant refuses the token.',
      cause: 'The token was revoked, or belongs to another Home Assistant.',
      remedy: 'Make a long-lived access token in your profile there, and put it into `tools.home_assistant.token`.',
    },
    rest: {
      title: 'The REST interface of Home Assistant is used, because it has no MCP server.',
      cause: 'Its integration "Model Context Protocol Server" is not set up, or its version is older than 2025.2.',
      remedy:
        'Nothing has to be done. With the integration its own tools are used, for the entities that you expose there.',
    },
  },
  none: 'Not configured.',
  mcp: (tools: number) => `Its MCP server is used (${tools} tools).`,
  byRest: 'Its REST interface is used.',
  noMcp: (reason: string) => `Its MCP server cannot be used: ${reason}.`,
};

const zh: typeof en = {
  about: 'Home Assistant：能否连上、令牌是否有效、使用的是 MCP 服务器还是 REST 接口',
  issues: {
    unreachable: {
      title: '连不上 Home Assistant。',
      cause: '它没有运行，或者 `tools.home_assistant.url` 不是从这里能访问的地址。',
      remedy: '在这台机器上用浏览器打开这个地址；改正 `tools.home_assistant.url`。',
    },
    refused: {
      title: 'Home Assistant 拒绝了令牌。',
      cause: '令牌已被撤销，或属于另一个 Home Assistant。',
      remedy: '在它的个人资料里新建长期访问令牌，写入 `tools.home_assistant.token`。',
    },
    rest: {
      title: '使用 Home Assistant 的 REST 接口，因为它没有 MCP 服务器。',
      cause: '没有设置它的“Model Context Protocol Server”集成，或者版本早于 2025.2。',
      remedy: '可以不管。设置了这个集成，就会使用它自己的工具，只涉及您在那里公开的实体。',
    },
  },
  none: '没有配置。',
  mcp: (tools) => `使用它的 MCP 服务器（${tools} 个工具）。`,
  byRest: '使用它的 REST 接口。',
  noMcp: (reason) => `它的 MCP 服务器不能用：${reason}。`,
};

export const homeAssistantWords = bilingualWords({ en, zh });
