import { bilingualWords } from '../core/index.js';

const en = {
  tooMany: 'too many Wyoming requests at a time',
  noEvent: 'a Wyoming client sent no event',
  tooLong: (seconds: number) => `an utterance of more than ${seconds} s`,
  portInUse: (port: number) => `port ${port} of wyoming.listen is in use`,
  cannotListen: (host: string, port: number) => `cannot listen on ${host}:${port} (wyoming.listen)`,
  textTooLong: (characters: number) => `a text of more than ${characters} characters`,
};

const zh: typeof en = {
  tooMany: '同时的 Wyoming 请求太多',
  noEvent: 'Wyoming 客户端发来的不是事件',
  tooLong: (seconds) => `一句话超过 ${seconds} 秒`,
  portInUse: (port) => `wyoming.listen 的端口 ${port} 已被占用`,
  cannotListen: (host, port) => `无法监听 ${host}:${port}（wyoming.listen）`,
  textTooLong: (characters) => `一段文字超过 ${characters} 个字`,
};

export const wyomingWords = bilingualWords({ en, zh });
