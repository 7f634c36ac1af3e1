import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Port: free, or held by whom',
  issues: {
    taken: {
      cause: 'A second server, an older one that was not stopped, or another service.',
      remedy: 'Stop that program, or choose another port (`server.port`, --port) and set it on the devices too.',
    },
    forbidden: {
      title: 'The server may not listen on the port.',
      cause: 'Ports below 1024 need rights that an ordinary user does not have.',
      remedy:
        'Choose a port above 1024 (`server.port`) behind a proxy, ' +
        'or give the right (`AmbientCapabilities=CAP_NET_BIND_SERVICE`).',
    },
    address: {
      title: 'The address to listen on is none of this machine.',
      cause: '`server.host` names an address that this machine does not have (any more).',
      remedy: 'Set `server.host` to 0.0.0.0 (every network) or to an address that `ip addr` shows.',
    },
    moved: {
      title: 'The running server is on another port than the configuration says.',
      cause: 'It was started with --port, or the configuration was changed since.',
      remedy: 'Nothing, if that is meant; else restart it.',
    },
  },
  taken: (place: string) => `${place} is taken; by whom cannot be seen from here.`,
  notAllowed: (place: string, error: string) => `Listening on ${place} is not allowed (${error}).`,
  failed: (place: string, error: string) => `Listening on ${place} failed (${error}).`,
  otherPort: (ownPort: number, port: number) => `It listens on ${ownPort}; server.port is ${port}.`,
  free: (place: string) => `${place} is free`,
  ownServer: (ownPort: number) => `${ownPort}, our own server`,
  held: (place: string, pid: number, command: string) => `${place} is held by process ${pid} (${command}).`,
};

const zh: typeof en = {
  about: '端口：空闲，或被谁占用',
  issues: {
    taken: {
      cause: '另一个服务器、没停掉的旧服务器，或别的服务。',
      remedy: '停掉那个程序，或换端口（`server.port`、--port）并改设备上的地址。',
    },
    forbidden: {
      title: '服务器无权监听这个端口。',
      cause: '1024 以下的端口需要普通用户没有的权限。',
      remedy:
        '换 1024 以上的端口（`server.port`）并用代理转发，或授予权限（`AmbientCapabilities=CAP_NET_BIND_SERVICE`）。',
    },
    address: {
      title: '要监听的地址不是这台机器的。',
      cause: '`server.host` 指定的地址不属于（或已不属于）这台机器。',
      remedy: '把 `server.host` 设为 0.0.0.0（所有网络）或 `ip addr` 显示的地址。',
    },
    moved: {
      title: '运行中的服务器不在配置所说的端口上。',
      cause: '它是用 --port 启动的，或之后改过配置。',
      remedy: '如果是有意的就不必处理，否则请重启。',
    },
  },
  taken: (place) => `${place} 已被占用，从这里看不到是谁。`,
  notAllowed: (place, error) => `不允许监听 ${place}（${error}）。`,
  failed: (place, error) => `监听 ${place} 失败（${error}）。`,
  otherPort: (ownPort, port) => `它在 ${ownPort}；server.port 是 ${port}。`,
  free: (place) => `${place} 空闲`,
  ownServer: (ownPort) => `${ownPort}，我们自己的服务器`,
  held: (place, pid, command) => `${place} 被进程 ${pid} (${command}) 占用。`,
};

export const portWords = bilingualWords({ en, zh });
