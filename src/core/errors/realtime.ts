import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, LOOK_FOR_CAUSE, quoted } from './sentences.js';

/**
 * Realtime models take speech and answer with speech. If one fails, the ordinary recogniser, language model and voice
 * can answer.
 */
export const REALTIME_ERRORS = {
  'realtime.failed': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_failed',
    cause: both('The realtime model failed.', '实时语音模型出错'),
    remedy: LOOK_FOR_CAUSE,
  },
  'realtime.timeout': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_timeout',
    cause: both('The realtime model did not answer in time.', '实时语音模型没有及时回答'),
    remedy: both(
      'Nothing has to be done at once: recognition, language model and voice answer meanwhile. ' +
        'If it stays, choose a nearer service.',
      '不必马上处理：这段时间由识别、大模型和声音来回答。如果一直如此，请换更近的服务。',
    ),
  },
  'realtime.unreachable': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_unreachable',
    cause: both('The realtime model cannot be reached, or the connection broke.', '连不上实时语音模型，或连接中断'),
    remedy: both(
      'Check the network and the address in its section of `realtime`.',
      '请检查网络，以及 `realtime` 里它那一节的地址。',
    ),
  },
  'realtime.rejected': {
    log: 'warn',
    status: 502,
    apology: 'llm_bad_key',
    cause: {
      en:
        'The realtime model refused the request: a wrong key, an unknown model or voice, ' +
        'or a setting that it does not take.',
      zh: (details) =>
        inBrackets('实时语音模型拒绝了请求：密钥不对，没有这个模型或音色，或某项设置不被接受', quoted(details)),
    },
    remedy: both(
      'Check the key, the model and the voice in its section of `realtime`, and the voice of the agent.',
      '请检查 `realtime` 里它那一节的密钥、模型和音色，以及智能体的音色。',
    ),
  },
  'realtime.rate_limited': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'llm_rate_limited',
    cause: both(
      'The realtime model refused because of too many requests, or its account has no credit left.',
      '请求太多，或账户余额不足，实时语音模型暂时拒绝',
    ),
    remedy: both(
      'Wait a little, look at the account, or add a key; recognition, language model and voice answer meanwhile.',
      '请稍等、查看账户，或再加一个密钥；期间由识别、大模型和声音来回答。',
    ),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
