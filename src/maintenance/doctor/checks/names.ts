import { isIP } from 'node:net';
import { both, withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { hostOf, providersOf } from '../providers.js';

/** Result of resolving a name. */
export interface NameTrial {
  readonly host: string;
  /** The key of the configuration that needs the name, or `--url`. */
  readonly key: string;
  /** True: the server has a substitute if the host cannot be reached. */
  readonly optional: boolean;
  /** A code such as ENOTFOUND, or `TIMEOUT`. Undefined: the name was resolved. */
  readonly error: string | undefined;
  readonly ms: number;
}

const ASK_MS = 5000;
const SLOW_MS = 1000;

const KNOWN = issues('dns', {
  failed: {
    severity: 'fault',
    title: both('The name of a configured service cannot be resolved.', '无法解析所配置服务的域名。'),
    cause: both(
      'No name server answers, it does not know the name, or the name is misspelt. Connections to it time out.',
      'DNS 没有响应、不认识这个域名，或域名写错了。与它的连接会超时。',
    ),
    remedy: both(
      'Check the spelling, /etc/resolv.conf and the internet connection; ' +
        'in a container set `dns:` in compose. Without internet choose a local voice and the offline assistant.',
      '检查拼写、/etc/resolv.conf 和网络；在容器里可在 compose 设 `dns:`。没有网络请选本地语音和离线助手。',
    ),
  },
  slow: {
    severity: 'warning',
    title: both('Names are resolved slowly.', '域名解析很慢。'),
    cause: both(
      'The first name server of /etc/resolv.conf does not answer, and the next is asked after a wait.',
      '/etc/resolv.conf 里第一个 DNS 没有响应，等待之后才问下一个。',
    ),
    remedy: both(
      'Put a name server first that answers; every new connection to a service waits for it.',
      '把能响应的 DNS 放在第一位；每个新连接都要等它。',
    ),
  },
});

export function judgeNames(trials: readonly NameTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ host, key, optional, error, ms }): Finding[] => {
    if (error !== undefined)
      return [
        found(
          KNOWN.failed,
          both(
            `${host} (${key}): ${error === 'TIMEOUT' ? `no answer within ${ASK_MS / 1000} s` : error}.`,
            `${host}（${key}）：${error === 'TIMEOUT' ? `${ASK_MS / 1000} 秒内没有响应` : error}。`,
          ),
          optional ? { severity: 'note' } : {},
        ),
      ];
    if (ms > SLOW_MS)
      return [found(KNOWN.slow, both(`${host} took ${Math.round(ms)} ms.`, `${host} 用了 ${Math.round(ms)} 毫秒。`))];
    return [];
  });
  return orOk(
    findings,
    'dns',
    trials.length === 0 ? both('no name is needed', '不需要域名') : trials.map(({ host }) => host).join(', '),
  );
}

async function tryNames({ config, url, clock, signal, resolve }: DoctorContext): Promise<readonly NameTrial[]> {
  const wanted = new Map<string, { readonly key: string; readonly optional: boolean }>();
  for (const { url: address, key, optional } of providersOf(config)) wanted.set(hostOf(address), { key, optional });
  const device = url ?? config.server.public_url;
  if (device !== undefined)
    wanted.set(hostOf(device), { key: url === undefined ? 'server.public_url' : '--url', optional: false });
  const names = [...wanted].filter(([host]) => isIP(host) === 0 && host !== 'localhost');
  return Promise.all(
    names.map(async ([host, { key, optional }]): Promise<NameTrial> => {
      const fromMs = clock.nowMs();
      const error = await withTimeout(
        clock,
        ASK_MS,
        signal,
        () => Object.assign(new Error('no answer'), { code: 'TIMEOUT' }),
        () => resolve(host),
      ).then(
        (addresses) => (addresses.length === 0 ? 'ENOTFOUND' : undefined),
        (thrown: unknown) => (thrown as { readonly code?: string }).code ?? String(thrown),
      );
      signal.throwIfAborted();
      return { host, key, optional, error, ms: clock.nowMs() - fromMs };
    }),
  );
}

export const namesCheck: Check = {
  id: 'dns',
  about: both('DNS: the hosts of the configured services and of the public address', 'DNS：所配置服务和公网地址的域名'),
  where: 'there',
  issues: Object.values(KNOWN),
  run: async (context) => judgeNames(await tryNames(context)),
};
