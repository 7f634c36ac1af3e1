import { bilingualWords } from '../../../core/index.js';

const en = {
  about:
    'Database: the file whole, by its own check (quick_check); a PostgreSQL server reached, and its tables readable',
  issues: {
    damaged: {
      title: 'The database is damaged.',
      cause: 'The disk or a copy of a running database (without its -wal file) was broken.',
      remedy:
        'Stop the server and put a copy back: `chorus store restore`. Without one, move the file away: ' +
        'devices of the local network are bound again by themselves.',
    },
    unreachable: {
      title: 'Connections time out: the database server cannot be reached.',
      cause:
        'It does not run, listens elsewhere, or a firewall is in between. ' +
        'From a container 127.0.0.1 is the container itself.',
      remedy:
        'Start it (`docker compose --profile postgres up -d`, `systemctl start postgresql`); ' +
        'compare `store.url` with its address.',
    },
    refused: {
      title: 'The database server refuses us.',
      cause: 'User, password, name of the database, rights, or its certificate.',
      remedy: 'Try `psql` with the address of `store.url`; `sslmode=no-verify` where its certificate is its own.',
    },
  },
  damaged: (file: string, detail: string) => `${file}: ${detail}.`,
  notLookedAt: (file: string, state: string, detail: string) =>
    `${file}: not looked at (${state}${detail === '' ? '' : `, ${detail}`})`,
};

const zh: typeof en = {
  about: '数据库：文件用它自己的检查（quick_check）看是否完好；PostgreSQL 能否连上、表能否读取',
  issues: {
    damaged: {
      title: '数据库已损坏。',
      cause: '磁盘出错，或拷贝了正在使用的数据库（少了 -wal 文件）。',
      remedy: '停掉服务器，恢复备份：`chorus store restore`。没有备份就移走这个文件：局域网的设备会自动重新绑定。',
    },
    unreachable: {
      title: '连接超时：连不上数据库服务器。',
      cause: '它没有运行、在别的地址监听，或中间有防火墙。在容器里 127.0.0.1 是容器自己。',
      remedy:
        '启动它（`docker compose --profile postgres up -d`、`systemctl start postgresql`）；把 `store.url` 与它的地址核对。',
    },
    refused: {
      title: '数据库服务器拒绝连接。',
      cause: '用户、密码、库名、权限或它的证书不对。',
      remedy: '用 `store.url` 的地址试 `psql`；它的证书是自签名时加 `sslmode=no-verify`。',
    },
  },
  damaged: (file, detail) => `${file}：${detail}。`,
  notLookedAt: (file, state, detail) => `${file}：没有检查（${state}${detail === '' ? '' : `，${detail}`}）`,
};

export const databaseWords = bilingualWords({ en, zh });
