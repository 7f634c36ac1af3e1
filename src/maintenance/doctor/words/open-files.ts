import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Limit of open files against server.max_connections',
  issues: {
    limit: {
      title: 'Too few files may be open at a time.',
      cause:
        'Every connection of a device is one; at the limit new devices are turned away and calls to services ' +
        'fail ("EMFILE").',
      remedy:
        'Raise it: `LimitNOFILE=65536` (systemd), `ulimits: nofile: 65536` (compose), `ulimit -n`; ' +
        'or lower `server.max_connections`.',
    },
    used: {
      title: 'The running server has almost no open files left.',
      cause: 'More connections than the limit was made for, or something that is not closed.',
      remedy:
        'Raise the limit (`LimitNOFILE=65536`, `ulimits: nofile: 65536`) and restart; ' +
        'if the number grows while nobody connects, send a bundle (`chorus doctor --bundle FILE`).',
    },
  },
  tooLow: (limit: number, needed: number, maxConnections: number) =>
    `The limit is ${limit}; ${needed} are needed for server.max_connections (${maxConnections}).`,
  used: (used: number, limit: number) => `${used} of ${limit} are open.`,
  limit: (limit: number) => `limit ${limit}`,
};

const zh: typeof en = {
  about: '可打开文件数的上限与 server.max_connections 相比',
  issues: {
    limit: {
      title: '允许同时打开的文件太少。',
      cause: '每个设备连接算一个；到达上限时新设备连不上，对外请求也会失败（“EMFILE”）。',
      remedy:
        '提高上限：`LimitNOFILE=65536`（systemd）、`ulimits: nofile: 65536`（compose）、`ulimit -n`；或降低 `server.max_connections`。',
    },
    used: {
      title: '运行中的服务器能打开的文件快用完了。',
      cause: '连接数超出上限的预期，或有东西没有关闭。',
      remedy:
        '提高上限（`LimitNOFILE=65536`、`ulimits: nofile: 65536`）并重启；如果没人连接时也在涨，请附上 `chorus doctor --bundle 文件` 报告。',
    },
  },
  tooLow: (limit, needed, maxConnections) =>
    `上限是 ${limit}；server.max_connections（${maxConnections}）需要 ${needed}。`,
  used: (used, limit) => `已打开 ${used}，上限 ${limit}。`,
  limit: (limit) => `上限 ${limit}`,
};

export const openFilesWords = bilingualWords({ en, zh });
