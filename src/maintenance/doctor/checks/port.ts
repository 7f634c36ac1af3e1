import { both } from '../../../core/index.js';
import { createServer } from 'node:net';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ofError, orOk } from '../finding.js';
import { type PortHolder, portHolder } from '../port-holder.js';

export interface PortFacts {
  readonly host: string;
  readonly port: number;
  /** Port of the running server of the data folder. */
  readonly ownPort: number | undefined;
  /** The operating system's code for a failed `listen`; undefined: it worked, or our server already has the port. */
  readonly error: string | undefined;
  readonly holder: PortHolder | undefined;
}

const KNOWN = issues('port', {
  taken: {
    severity: 'fault',
    title: ofError('server.port_in_use').title,
    cause: both(
      'A second server, an older one that was not stopped, or another service.',
      '另一个服务器、没停掉的旧服务器，或别的服务。',
    ),
    remedy: both(
      'Stop that program, or choose another port (`server.port`, --port) and set it on the devices too.',
      '停掉那个程序，或换端口（`server.port`、--port）并改设备上的地址。',
    ),
  },
  forbidden: {
    severity: 'fault',
    title: both('The server may not listen on the port.', '服务器无权监听这个端口。'),
    cause: both(
      'Ports below 1024 need rights that an ordinary user does not have.',
      '1024 以下的端口需要普通用户没有的权限。',
    ),
    remedy: both(
      'Choose a port above 1024 (`server.port`) behind a proxy, ' +
        'or give the right (`AmbientCapabilities=CAP_NET_BIND_SERVICE`).',
      '换 1024 以上的端口（`server.port`）并用代理转发，或授予权限（`AmbientCapabilities=CAP_NET_BIND_SERVICE`）。',
    ),
  },
  address: {
    severity: 'fault',
    title: both('The address to listen on is none of this machine.', '要监听的地址不是这台机器的。'),
    cause: both(
      '`server.host` names an address that this machine does not have (any more).',
      '`server.host` 指定的地址不属于（或已不属于）这台机器。',
    ),
    remedy: both(
      'Set `server.host` to 0.0.0.0 (every network) or to an address that `ip addr` shows.',
      '把 `server.host` 设为 0.0.0.0（所有网络）或 `ip addr` 显示的地址。',
    ),
  },
  moved: {
    severity: 'note',
    title: both(
      'The running server is on another port than the configuration says.',
      '运行中的服务器不在配置所说的端口上。',
    ),
    cause: both(
      'It was started with --port, or the configuration was changed since.',
      '它是用 --port 启动的，或之后改过配置。',
    ),
    remedy: both('Nothing, if that is meant; else restart it.', '如果是有意的就不必处理，否则请重启。'),
  },
});

export function judgePort({ host, port, ownPort, error, holder }: PortFacts): readonly Finding[] {
  const place = `${host}:${port}`;
  const findings: Finding[] = [];
  if (error === 'EADDRINUSE') {
    const who = holder?.pid === undefined ? undefined : `${holder.pid} (${holder.command ?? '?'})`;
    findings.push(
      found(
        KNOWN.taken,
        who === undefined
          ? both(`${place} is taken; by whom cannot be seen from here.`, `${place} 已被占用，从这里看不到是谁。`)
          : both(`${place} is held by process ${who}.`, `${place} 被进程 ${who} 占用。`),
      ),
    );
  } else if (error === 'EACCES' || error === 'EPERM')
    findings.push(
      found(
        KNOWN.forbidden,
        both(`Listening on ${place} is not allowed (${error}).`, `不允许监听 ${place}（${error}）。`),
      ),
    );
  else if (error !== undefined)
    findings.push(
      found(KNOWN.address, both(`Listening on ${place} failed (${error}).`, `监听 ${place} 失败（${error}）。`)),
    );
  if (ownPort !== undefined && port !== 0 && ownPort !== port)
    findings.push(
      found(
        KNOWN.moved,
        both(`It listens on ${ownPort}; server.port is ${port}.`, `它在 ${ownPort}；server.port 是 ${port}。`),
      ),
    );
  return orOk(
    findings,
    'port',
    ownPort === undefined
      ? both(`${place} is free`, `${place} 空闲`)
      : both(`${ownPort}, our own server`, `${ownPort}，我们自己的服务器`),
  );
}

async function portFacts({ config, server, readText }: DoctorContext): Promise<PortFacts> {
  const { host, port } = config.server;
  const nothing = { host, port, ownPort: server?.port, holder: undefined, error: undefined };
  // If our server has another port, it takes the configured one only at its next start, so the configured port may be
  // tried now.
  if (port === 0 || server?.port === port) return nothing;
  const error = await tryToListen(host, port);
  return { ...nothing, error, holder: error === 'EADDRINUSE' ? await portHolder(port, readText) : undefined };
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

export const portCheck: Check = {
  id: 'port',
  about: both('Port: free, or held by whom', '端口：空闲，或被谁占用'),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgePort(await portFacts(context)),
};
