import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'server.public_url and server.host: loopback, container, this machine only',
  issues: {
    loopback: {
      title: 'The public address is that of this machine for itself.',
      cause: '`server.public_url` is localhost, 127.0.0.1 or 0.0.0.0; a device would look for the server in itself.',
      remedy:
        'Set it to the address of this machine in the network (`ip addr`), or remove it: ' +
        'devices are then told the address they asked.',
    },
    container: {
      title: 'The public address looks like one inside a container.',
      cause:
        '`server.public_url` is of a network that container engines make by themselves; ' +
        'devices outside cannot reach it.',
      remedy: 'Set it to the address of the host in the network, with the published port.',
    },
    only_here: {
      title: 'Only this machine can reach the server.',
      cause: '`server.host` is 127.0.0.1.',
      remedy: 'For devices set `server.host` to 0.0.0.0; behind a proxy on this machine it is right.',
    },
  },
  publicUrl: (publicUrl: string | undefined) => `server.public_url is ${publicUrl}.`,
  host: (host: string) => `server.host is ${host}.`,
  asked: 'devices are told the address they asked',
};

const zh: typeof en = {
  about: 'server.public_url 与 server.host：回环、容器、仅本机',
  issues: {
    loopback: {
      title: '公网地址写成了只有本机能用的地址。',
      cause: '`server.public_url` 是 localhost、127.0.0.1 或 0.0.0.0；设备会在自己身上找服务器。',
      remedy: '设为这台机器在网络里的地址（`ip addr`），或去掉它：那样会把设备询问时用的地址告诉设备。',
    },
    container: {
      title: '公网地址看起来是容器内部的地址。',
      cause: '`server.public_url` 属于容器引擎自建的网络，外面的设备连不上。',
      remedy: '设为宿主机在网络里的地址和映射出来的端口。',
    },
    only_here: {
      title: '只有这台机器能连到服务器。',
      cause: '`server.host` 是 127.0.0.1。',
      remedy: '要让设备连接，请把 `server.host` 设为 0.0.0.0；如果本机有代理转发则不必改。',
    },
  },
  publicUrl: (publicUrl) => `server.public_url 是 ${publicUrl}。`,
  host: (host) => `server.host 是 ${host}。`,
  asked: '把设备询问时用的地址告诉设备',
};

export const addressWords = bilingualWords({ en, zh });
