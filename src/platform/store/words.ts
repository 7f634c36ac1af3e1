import { bilingualWords } from '../../core/index.js';

const en = {
  sealed: (turn: string) => `the audio of turn ${turn} cannot be decrypted`,
  otherName: 'Choose another name with --out.',
  noPostgresAddress: 'store.url is no address of a PostgreSQL database (postgres://user:password@host:5432/database)',
  stopServer: 'Stop that server, restore, and start it again.',
};

const zh: typeof en = {
  sealed: (turn) => `对话 ${turn} 的录音无法解密`,
  otherName: '请用 --out 换一个名字。',
  noPostgresAddress: 'store.url 不是 PostgreSQL 数据库的地址（postgres://用户:密码@主机:5432/库名）',
  stopServer: '请先停掉那个服务器，恢复后再启动。',
};

export const storeWords = bilingualWords({ en, zh });
