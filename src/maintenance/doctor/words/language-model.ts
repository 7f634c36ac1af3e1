import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Language model: reached, key accepted, time to the first word; the fallback too',
  issues: {
    key: { cause: 'The key is missing or wrong, was withdrawn, or belongs to another service or region.' },
    money: { cause: 'The balance or the free quota is used up.' },
    unreachable: {
      cause: 'No internet, a firewall or proxy in between, a wrong `llm.base_url`, or a local model that does not run.',
    },
    refused: { cause: 'Usually a model name that the service does not have, or a base URL without /v1.' },
    passing: { cause: 'It is overloaded, or takes no more requests at the moment.' },
    slow: {
      title: 'The language model is slow to begin.',
      cause:
        'A model that thinks first, a far region, or a local one on a slow machine. ' +
        'It is most of the wait for an answer.',
      remedy: 'Choose a quicker model (`llm.model`, those named flash, turbo or mini) or a nearer service.',
    },
  },
  firstWord: (key: string, host: string, ms: number) => `${key} (${host}): first word after ${ms} ms.`,
  offline: 'the offline assistant',
};

const zh: typeof en = {
  about: '大模型：能否连上、密钥是否有效、第一个字的时间；备用的也看',
  issues: {
    key: { cause: '没有密钥，密钥错误、已作废，或属于别的服务或地区。' },
    money: { cause: '余额或免费额度用完了。' },
    unreachable: { cause: '没有网络、中间有防火墙或代理、`llm.base_url` 写错，或本地模型没有运行。' },
    refused: { cause: '多半是服务没有这个模型名，或地址少了 /v1。' },
    passing: { cause: '它过载了，或暂时不接受更多请求。' },
    slow: {
      title: '大模型开口很慢。',
      cause: '会先思考的模型、很远的地区，或慢机器上的本地模型。等待回答的时间主要花在这里。',
      remedy: '换更快的模型（`llm.model`，名字带 flash、turbo、mini 的）或更近的服务。',
    },
  },
  firstWord: (key, host, ms) => `${key}（${host}）：${ms} 毫秒后才有第一个字。`,
  offline: '离线助手',
};

export const languageModelWords = bilingualWords({ en, zh });
