import { bilingualWords } from '../../../core/index.js';

const en = {
  oldVersion: 'tts.edge.version may be too old',
  closed: 'closed the connection before any sound',
  noMessage: 'the Edge service sent a message that is not one',
};

const zh: typeof en = {
  oldVersion: 'tts.edge.version 可能太旧',
  closed: '还没有声音就断开了连接',
  noMessage: 'Edge 语音服务发来的消息无法理解',
};

export const edgeWords = bilingualWords({ en, zh });
