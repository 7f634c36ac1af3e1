import { both } from '../../../core/index.js';
import { createProcessReader, openFilesLimit, openFilesNeeded } from '../../../platform/machine/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

export interface OpenFilesFacts {
  /** Limit of the server, or of this process if no server runs; Infinity: unlimited. */
  readonly limit: number;
  /** Open files of the main process of the running server. */
  readonly used: number | undefined;
  readonly maxConnections: number;
}

const LEAST = 1024;
const NEAR = 0.8;

const KNOWN = issues('files', {
  limit: {
    severity: 'warning',
    title: both('Too few files may be open at a time.', '允许同时打开的文件太少。'),
    cause: both(
      'Every connection of a device is one; at the limit new devices are turned away and calls to services ' +
        'fail ("EMFILE").',
      '每个设备连接算一个；到达上限时新设备连不上，对外请求也会失败（“EMFILE”）。',
    ),
    remedy: both(
      'Raise it: `LimitNOFILE=65536` (systemd), `ulimits: nofile: 65536` (compose), `ulimit -n`; ' +
        'or lower `server.max_connections`.',
      '提高上限：`LimitNOFILE=65536`（systemd）、`ulimits: nofile: 65536`（compose）、`ulimit -n`；或降低 `server.max_connections`。',
    ),
  },
  used: {
    severity: 'fault',
    title: both('The running server has almost no open files left.', '运行中的服务器能打开的文件快用完了。'),
    cause: both(
      'More connections than the limit was made for, or something that is not closed.',
      '连接数超出上限的预期，或有东西没有关闭。',
    ),
    remedy: both(
      'Raise the limit (`LimitNOFILE=65536`, `ulimits: nofile: 65536`) and restart; ' +
        'if the number grows while nobody connects, send a bundle (`chorus doctor --bundle FILE`).',
      '提高上限（`LimitNOFILE=65536`、`ulimits: nofile: 65536`）并重启；如果没人连接时也在涨，请附上 `chorus doctor --bundle 文件` 报告。',
    ),
  },
});

export function judgeOpenFiles({ limit, used, maxConnections }: OpenFilesFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const needed = openFilesNeeded(maxConnections);
  if (limit < needed) {
    const what = both(
      `The limit is ${limit}; ${needed} are needed for server.max_connections (${maxConnections}).`,
      `上限是 ${limit}；server.max_connections（${maxConnections}）需要 ${needed}。`,
    );
    findings.push(found(KNOWN.limit, what, limit < LEAST ? { severity: 'fault' } : {}));
  }
  if (used !== undefined && used > NEAR * limit)
    findings.push(found(KNOWN.used, both(`${used} of ${limit} are open.`, `已打开 ${used}，上限 ${limit}。`)));
  return orOk(findings, 'files', both(`limit ${limit}`, `上限 ${limit}`));
}

async function openFilesFacts({ readText, server, clock, config }: DoctorContext): Promise<OpenFilesFacts | undefined> {
  const known = openFilesLimit(readText, server?.pid);
  if (known === undefined) return undefined;
  const processes = server === undefined ? [] : await createProcessReader({ clock, readText }).read([server.pid]);
  return {
    limit: server === undefined ? known.hard : known.soft,
    used: processes[0]?.openFiles,
    maxConnections: config.server.max_connections,
  };
}

export const openFilesCheck: Check = {
  id: 'files',
  about: both('Limit of open files against server.max_connections', '可打开文件数的上限与 server.max_connections 相比'),
  where: 'here',
  issues: Object.values(KNOWN),
  async run(context) {
    const facts = await openFilesFacts(context);
    return facts === undefined ? [] : judgeOpenFiles(facts);
  },
};
