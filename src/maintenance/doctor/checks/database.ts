import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asChorusError, both, ChorusError, type Clock, withTimeout } from '../../../core/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

export interface DatabaseTrial {
  readonly file: string;
  /**
   * `absent`: there is no database yet. `unknown`: it could not be examined (busy, no native code). `unreachable` and
   * `refused` exist only for a database server.
   */
  readonly state: 'absent' | 'whole' | 'damaged' | 'unknown' | 'unreachable' | 'refused';
  readonly detail: string;
}

const LOOK_MS = 20_000;

const KNOWN = issues('database', {
  damaged: {
    severity: 'fault',
    title: both('The database is damaged.', '数据库已损坏。'),
    cause: both(
      'The disk or a copy of a running database (without its -wal file) was broken.',
      '磁盘出错，或拷贝了正在使用的数据库（少了 -wal 文件）。',
    ),
    remedy: both(
      'Stop the server and put a copy back: `chorus store restore`. Without one, move the file away: ' +
        'devices of the local network are bound again by themselves.',
      '停掉服务器，恢复备份：`chorus store restore`。没有备份就移走这个文件：局域网的设备会自动重新绑定。',
    ),
  },
  unreachable: {
    severity: 'fault',
    title: both('Connections time out: the database server cannot be reached.', '连接超时：连不上数据库服务器。'),
    cause: both(
      'It does not run, listens elsewhere, or a firewall is in between. ' +
        'From a container 127.0.0.1 is the container itself.',
      '它没有运行、在别的地址监听，或中间有防火墙。在容器里 127.0.0.1 是容器自己。',
    ),
    remedy: both(
      'Start it (`docker compose --profile postgres up -d`, `systemctl start postgresql`); ' +
        'compare `store.url` with its address.',
      '启动它（`docker compose --profile postgres up -d`、`systemctl start postgresql`）；把 `store.url` 与它的地址核对。',
    ),
  },
  refused: {
    severity: 'fault',
    title: both('The database server refuses us.', '数据库服务器拒绝连接。'),
    cause: both(
      'User, password, name of the database, rights, or its certificate.',
      '用户、密码、库名、权限或它的证书不对。',
    ),
    remedy: both(
      'Try `psql` with the address of `store.url`; `sslmode=no-verify` where its certificate is its own.',
      '用 `store.url` 的地址试 `psql`；它的证书是自签名时加 `sslmode=no-verify`。',
    ),
  },
});

export function judgeDatabase({ file, state, detail }: DatabaseTrial): readonly Finding[] {
  const findings =
    state === 'damaged' || state === 'unreachable' || state === 'refused'
      ? [found(KNOWN[state], both(`${file}: ${detail}.`, `${file}：${detail}。`))]
      : [];
  return orOk(
    findings,
    'database',
    state === 'whole'
      ? file
      : both(
          `${file}: not looked at (${state}${detail === '' ? '' : `, ${detail}`})`,
          `${file}：没有检查（${state}${detail === '' ? '' : `，${detail}`}）`,
        ),
  );
}

/** Runs in a child process, because a damaged file may crash its reader. Opens the file for reading only. */
const SCRIPT = `
const { createRequire } = require('node:module');
const Database = createRequire(process.argv[1] + '/x.js')('libsql');
try {
  const database = new Database(process.argv[2], { readonly: true, timeout: 2000 });
  const rows = database.prepare('pragma quick_check(3)').all();
  process.stdout.write(rows.map((row) => Object.values(row)[0]).join('; '));
} catch (error) {
  process.stdout.write('error ' + (error.code || '') + ' ' + error.message);
}`;

export async function tryDatabase(file: string, clock: Clock, signal: AbortSignal): Promise<DatabaseTrial> {
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) return { file, state: 'absent', detail: '' };
  const child = spawn(process.execPath, ['-e', SCRIPT, fileURLToPath(new URL('.', import.meta.url)), file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(0, 1000)));
  const ended = new Promise<string>((done) => {
    child.once('error', () => done('error'));
    child.once('close', () => done(text));
  });
  const answer = await withTimeout(
    clock,
    LOOK_MS,
    signal,
    () => new Error('slow'),
    () => ended,
  ).catch(() => {
    child.kill('SIGKILL');
    return 'error slow';
  });
  signal.throwIfAborted();
  if (answer === 'ok') return { file, state: 'whole', detail: '' };
  const damaged = /SQLITE_(CORRUPT|NOTADB)|malformed|not a database/i.test(answer) || !answer.startsWith('error');
  return {
    file,
    state: damaged && answer !== '' ? 'damaged' : 'unknown',
    detail: answer.replace(/^error\s*/, '').trim(),
  };
}

const tooLate = (): Error =>
  new ChorusError('store.unreachable', both(`no answer within ${LOOK_MS / 1000} s`, `${LOOK_MS / 1000} 秒内没有回答`));

/** Examines a database server with the check of the store. */
async function tryServer(dataDir: string, url: string, clock: Clock, signal: AbortSignal): Promise<DatabaseTrial> {
  // Loaded only here: another check reports native code of the store that does not load.
  const { checkStore, shownPlace } = await import('../../../platform/store/index.js');
  try {
    const { place, problems } = await withTimeout(clock, LOOK_MS, signal, tooLate, () => checkStore({ dataDir, url }));
    return { file: place, state: problems.length > 0 ? 'damaged' : 'whole', detail: problems.join('; ') };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = asChorusError(error);
    const file = code === 'store.refused' && !URL.canParse(url) ? 'store.url' : shownPlace({ dataDir, url });
    return {
      file,
      state: code === 'store.refused' ? 'refused' : code === 'store.unreachable' ? 'unreachable' : 'unknown',
      detail: message,
    };
  }
}

export const databaseCheck: Check = {
  id: 'database',
  about: both(
    'Database: the file whole, by its own check (quick_check); a PostgreSQL server reached, and its tables readable',
    '数据库：文件用它自己的检查（quick_check）看是否完好；PostgreSQL 能否连上、表能否读取',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ dataDir, config, clock, signal }) => {
    const { file, url } = config.store;
    return judgeDatabase(
      url === undefined
        ? await tryDatabase(resolve(dataDir, file), clock, signal)
        : await tryServer(dataDir, url, clock, signal),
    );
  },
};
