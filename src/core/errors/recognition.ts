import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, LOOK_FOR_CAUSE, quoted } from './sentences.js';

export const RECOGNITION_ERRORS = {
  'asr.failed': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'asr_failed',
    cause: both('Speech recognition failed.', '语音识别失败'),
    remedy: LOOK_FOR_CAUSE,
  },
  'asr.timeout': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'asr_failed',
    cause: both('Speech recognition did not answer in time.', '语音识别没有及时完成'),
    remedy: both('Try again, or choose a faster model (asr.model).', '请再试一次，或换更快的模型（asr.model）。'),
  },
  'asr.unreachable': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'asr_failed',
    cause: both(
      'The recognition service cannot be reached, or the connection broke.',
      '连不上语音识别服务，或连接中断',
    ),
    remedy: both(
      'Check the network and the address of the service, or set asr.model to auto: this machine recognises then.',
      '请检查网络和服务的地址，或把 asr.model 设为 `auto`，由本机识别。',
    ),
  },
  'asr.rejected': {
    log: 'warn',
    status: 502,
    apology: 'asr_failed',
    cause: {
      en:
        'The recognition service refused the request: a wrong key, an unknown model, ' +
        'or a setting that it does not take.',
      zh: (details) =>
        inBrackets('语音识别服务拒绝了请求：密钥不对，没有这个模型，或某项设置不被接受', quoted(details)),
    },
    remedy: both(
      'Check the key and the model in the section of asr that is called like asr.model.',
      '请检查 `asr` 里与 asr.model 同名的那一节中的密钥和模型。',
    ),
  },
  'asr.rate_limited': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'asr_failed',
    cause: both(
      'The recognition service refused because of too many requests, or its account has no credit left.',
      '请求太多，或账户余额不足，语音识别服务暂时拒绝',
    ),
    remedy: both(
      'Wait a little, look at the account, or add a key; ' +
        'the next recogniser steps in (asr.fallback, then a local model).',
      '请稍等、查看账户，或再加一个密钥；期间由下一个识别（asr.fallback，然后是本地模型）顶上。',
    ),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
