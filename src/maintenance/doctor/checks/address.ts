import { both } from '../../../core/index.js';
import type { Config } from '../../../config/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { placeOf } from '../probe/place.js';

const KNOWN = issues('address', {
  loopback: {
    severity: 'fault',
    title: both('The public address is that of this machine for itself.', '公网地址写成了只有本机能用的地址。'),
    cause: both(
      '`server.public_url` is localhost, 127.0.0.1 or 0.0.0.0; a device would look for the server in itself.',
      '`server.public_url` 是 localhost、127.0.0.1 或 0.0.0.0；设备会在自己身上找服务器。',
    ),
    remedy: both(
      'Set it to the address of this machine in the network (`ip addr`), or remove it: ' +
        'devices are then told the address they asked.',
      '设为这台机器在网络里的地址（`ip addr`），或去掉它：那样会把设备询问时用的地址告诉设备。',
    ),
  },
  container: {
    severity: 'warning',
    title: both('The public address looks like one inside a container.', '公网地址看起来是容器内部的地址。'),
    cause: both(
      '`server.public_url` is of a network that container engines make by themselves; devices outside cannot reach it.',
      '`server.public_url` 属于容器引擎自建的网络，外面的设备连不上。',
    ),
    remedy: both(
      'Set it to the address of the host in the network, with the published port.',
      '设为宿主机在网络里的地址和映射出来的端口。',
    ),
  },
  only_here: {
    severity: 'note',
    title: both('Only this machine can reach the server.', '只有这台机器能连到服务器。'),
    cause: both('`server.host` is 127.0.0.1.', '`server.host` 是 127.0.0.1。'),
    remedy: both(
      'For devices set `server.host` to 0.0.0.0; behind a proxy on this machine it is right.',
      '要让设备连接，请把 `server.host` 设为 0.0.0.0；如果本机有代理转发则不必改。',
    ),
  },
});

export function judgeAddress({
  host,
  public_url: publicUrl,
}: Pick<Config['server'], 'host' | 'public_url'>): readonly Finding[] {
  const place = publicUrl === undefined ? undefined : placeOf(new URL(publicUrl).hostname);
  const findings: Finding[] = [];
  if (place === 'loopback' || place === 'nowhere')
    findings.push(
      found(KNOWN.loopback, both(`server.public_url is ${publicUrl}.`, `server.public_url 是 ${publicUrl}。`)),
    );
  if (place === 'container')
    findings.push(
      found(KNOWN.container, both(`server.public_url is ${publicUrl}.`, `server.public_url 是 ${publicUrl}。`)),
    );
  if (publicUrl === undefined && placeOf(host) === 'loopback')
    findings.push(found(KNOWN.only_here, both(`server.host is ${host}.`, `server.host 是 ${host}。`)));
  return orOk(
    findings,
    'address',
    publicUrl ?? both('devices are told the address they asked', '把设备询问时用的地址告诉设备'),
  );
}

export const addressCheck: Check = {
  id: 'address',
  about: both(
    'server.public_url and server.host: loopback, container, this machine only',
    'server.public_url 与 server.host：回环、容器、仅本机',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: ({ config }) => Promise.resolve(judgeAddress(config.server)),
};
