import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';

export const WYOMING_ERRORS = {
  'wyoming.busy': {
    log: 'info',
    retryable: true,
    cause: both(
      'As many Wyoming requests as are allowed at a time are being worked at already.',
      '正在处理的 Wyoming 请求已达上限',
    ),
    remedy: both(
      'Try again in a moment, or raise wyoming.max_streams where the machine has CPU to spare.',
      '请稍后再试；如果机器还有余力，可以调大 wyoming.max_streams。',
    ),
  },
  'wyoming.unreadable': {
    log: 'info',
    cause: both(
      'A client of wyoming.listen does not speak the Wyoming protocol.',
      '连到 `wyoming.listen` 的客户端说的不是 Wyoming 协议',
    ),
    remedy: both(
      'Connect a program that speaks it, with 16-bit audio; the page and devices have another port (server.port).',
      '请用支持该协议的程序连接，音频为 16 位；页面和设备用另一个端口（server.port）。',
    ),
  },
  'wyoming.too_much': {
    log: 'info',
    cause: both(
      'A Wyoming client sent a longer utterance or text than is taken.',
      'Wyoming 客户端发来的一句话或一段文字太长',
    ),
    remedy: both(
      'Send it in parts: 60 s of audio, 4000 characters of text.',
      '请分开发送：音频不超过 60 秒，文字不超过 4000 字。',
    ),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
