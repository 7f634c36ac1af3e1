import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, quoted, systemReason } from './sentences.js';

export const LANGUAGE_MODEL_ERRORS = {
  'llm.no_key': {
    log: 'warn',
    status: 502,
    apology: 'llm_no_key',
    cause: both('The language model needs an API key.', '大模型需要 API 密钥'),
    remedy: both('Set llm.api_key, or run `npx chorus setup`.', '请设置 llm.api_key，或运行 `npx chorus setup`。'),
  },
  'llm.bad_key': {
    log: 'warn',
    status: 502,
    apology: 'llm_bad_key',
    cause: {
      en: 'The language model refused the API key.',
      zh: (details) => inBrackets('大模型拒绝了 API 密钥', quoted(details)),
    },
    remedy: both(
      'Check the key: copied whole, of this service, not expired. Set it in llm.api_key or the variable of the ' +
        'vendor; `npx chorus setup` tries it at once.',
      '请检查密钥：是否完整、属于这家服务、没有过期。把它设在 llm.api_key 或该厂商的环境变量里；' +
        '`npx chorus setup` 会当场试用。',
    ),
  },
  'llm.no_money': {
    log: 'warn',
    status: 502,
    apology: 'llm_no_money',
    cause: {
      en: 'The account at the language model has no credit left.',
      zh: (details) => inBrackets('大模型的账户余额不足', quoted(details)),
    },
    remedy: both(
      'Top it up at the service, choose another service (`npx chorus setup`), or set `llm.fallback.preset: offline`.',
      '请充值，换一家服务（`npx chorus setup`），或设置 `llm.fallback.preset: offline`。',
    ),
  },
  'llm.rate_limited': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_rate_limited',
    cause: {
      en: 'The language model refused because of too many requests.',
      zh: (details) => inBrackets('请求太多，大模型暂时拒绝', quoted(details)),
    },
    remedy: both('Wait a little, or raise the limit at the service.', '请稍等，或在服务方提高限额。'),
  },
  'llm.unreachable': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_unreachable',
    cause: {
      en: 'The language model cannot be reached, or the connection broke.',
      zh: (details) => inBrackets('连不上大模型，或连接中断', systemReason(details)),
    },
    remedy: both(
      'Check the address and the network: `curl -I ADDRESS` on this machine (in a container: inside it). ' +
        'A local model must run; in a container, 127.0.0.1 is the container itself.',
      '请检查地址和网络：在这台机器上（容器则在容器里）试 `curl -I 地址`。本地模型要先运行；' +
        '在容器里 127.0.0.1 是容器自己。',
    ),
  },
  'llm.server_error': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_server_error',
    cause: {
      en:
        'The language model is reached and has a problem of its own (HTTP 500, 502, 503: ' +
        'overloaded, being repaired).',
      zh: (details) => inBrackets('大模型的服务器自己出了问题，例如过载或正在维修', quoted(details)),
    },
    remedy: both(
      'Nothing is wrong here. It passes; with llm.fallback somebody else answers meanwhile.',
      '这里没有问题，会过去的；设置了 llm.fallback 时，这段时间由别的模型回答。',
    ),
  },
  'llm.timeout': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_timeout',
    cause: both('The language model did not answer in time.', '大模型没有及时回答'),
    remedy: both(
      'Try again, or choose a quicker model or a nearer service.',
      '请再试一次，或换更快的模型、更近的服务。',
    ),
  },
  'llm.no_model': {
    log: 'warn',
    status: 502,
    apology: 'llm_no_model',
    cause: {
      en: 'The language model service does not know the model.',
      zh: (details) => inBrackets('大模型服务不认识这个模型', quoted(details)),
    },
    remedy: both(
      'Check llm.model; the page lists the models of the service.',
      '请检查 llm.model；页面上会列出这家服务的模型。',
    ),
  },
  'llm.bad_address': {
    log: 'warn',
    status: 502,
    apology: 'llm_bad_address',
    cause: {
      en:
        'At the address of the language model there is something else: a redirect, a web page, ' +
        'or nothing (HTTP 404).',
      zh: (details) => inBrackets('大模型的地址上是别的东西：跳转、网页，或什么都没有（HTTP 404）', quoted(details)),
    },
    remedy: both(
      'Check llm.base_url: up to and including /v1, with the right http or https.',
      '请检查 llm.base_url：写到 /v1 为止，`http` 或 `https` 要对。',
    ),
  },
  'llm.too_long': {
    log: 'warn',
    status: 502,
    apology: 'llm_failed',
    cause: {
      en: 'The prompt and the conversation are too long for the language model, also without the older half.',
      zh: (details) => inBrackets('提示词和对话对这个大模型来说太长，去掉较早的一半也不行', quoted(details)),
    },
    remedy: both(
      'Choose a model with a longer context (a local one: raise its context size), a shorter prompt, ' +
        'or a lower llm.history_turns.',
      '请换上下文更长的模型（本地模型：调大上下文长度），缩短提示词，或调低 llm.history_turns。',
    ),
  },
  'llm.failed': {
    log: 'warn',
    status: 502,
    apology: 'llm_failed',
    cause: {
      en: 'The language model answered with an error or with something unreadable.',
      zh: (details) => inBrackets('大模型报错，或者它的回答无法理解', quoted(details)),
    },
    remedy: both(
      'Compare llm.base_url (up to and including /v1) and llm.model with the documentation of the service.',
      '请把 llm.base_url（写到 /v1 为止）和 llm.model 与服务的文档对照。',
    ),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
