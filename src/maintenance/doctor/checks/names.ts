import { isIP } from 'node:net';
import { hostOf, withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { providersOf } from '../providers.js';
import { namesWords } from '../words/names.js';

export interface NameTrial {
  readonly host: string;
  /** The configuration key that needs the name, or `--url`. */
  readonly key: string;
  /** True if the server can work without this host. */
  readonly optional: boolean;
  /** A code such as ENOTFOUND, or `TIMEOUT`. Undefined if the name was resolved. */
  readonly error: string | undefined;
  readonly ms: number;
}

const ASK_MS = 5000;
const SLOW_MS = 1000;

const KNOWN = issues('dns', namesWords.issues, { failed: 'fault', slow: 'warning' });

export function judgeNames(trials: readonly NameTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ host, key, optional, error, ms }): Finding[] => {
    if (error !== undefined)
      return [
        found(
          KNOWN.failed,
          namesWords.unresolved(host, key, error, ASK_MS / 1000),
          optional ? { severity: 'note' } : {},
        ),
      ];
    if (ms > SLOW_MS) return [found(KNOWN.slow, namesWords.slow(host, Math.round(ms)))];
    return [];
  });
  return orOk(findings, 'dns', trials.length === 0 ? namesWords.none : trials.map(({ host }) => host).join(', '));
}

async function tryNames({ config, url, clock, signal, resolve }: DoctorContext): Promise<readonly NameTrial[]> {
  const wanted = new Map<string, { readonly key: string; readonly optional: boolean }>();
  for (const { url: address, key, optional } of providersOf(config)) {
    const host = hostOf(address);
    // An optional service on the host of a required one does not make the host optional.
    if (wanted.get(host)?.optional !== false) wanted.set(host, { key, optional });
  }
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
  about: namesWords.about,
  where: 'there',
  issues: Object.values(KNOWN),
  run: async (context) => judgeNames(await tryNames(context)),
};
