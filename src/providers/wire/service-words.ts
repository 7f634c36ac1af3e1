import { bilingualWords } from '../../core/index.js';

const en = {
  names: {
    weather: 'the weather service',
    search: 'the search service',
    knowledge: 'the knowledge service',
    embedding: 'the embedding service',
    voiceprint: 'the voiceprint service',
    mcp: 'the MCP server',
    feed: (name: string) => `the feed ${name}`,
  },
  unreadable: (service: string) => `${service} answered with something unreadable`,
  pause: (service: string, seconds: number) => `${service} has asked for a pause of ${seconds} s`,
  unreachable: (service: string) => `${service} cannot be reached`,
  refusesKey: (service: string) => `${service} refuses the key`,
  refuses: (service: string, reason: string) => `${service} refuses: ${reason}`,
  status: (service: string, status: number) => `${service} answered with HTTP ${status}`,
  tooMuch: (service: string) => `${service} answered with far too much`,
  brokeOff: (service: string) => `${service} broke off`,
  noKey: (service: string) => `${service} has no key`,
};

const zh: typeof en = {
  names: {
    weather: '天气服务',
    search: '搜索服务',
    knowledge: '知识库服务',
    embedding: '向量服务',
    voiceprint: '声纹服务',
    mcp: 'MCP 服务',
    feed: (name) => `新闻源 ${name}`,
  },
  unreadable: (service) => `看不懂${service}的回答`,
  pause: (service, seconds) => `${service}要求等 ${seconds} 秒再问`,
  unreachable: (service) => `连不上${service}`,
  refusesKey: (service) => `${service}不接受密钥`,
  refuses: (service, reason) => `${service}拒绝了：${reason}`,
  status: (service, status) => `${service}出错了（HTTP ${status}）`,
  tooMuch: (service) => `${service}的回答太长了`,
  brokeOff: (service) => `${service}的回答中断了`,
  noKey: (service) => `${service}没有密钥`,
};

export const serviceWords = bilingualWords({ en, zh });
