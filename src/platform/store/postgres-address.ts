import { ChorusError } from '../../core/index.js';
import { storeWords } from './words.js';

export interface PostgresAddress {
  /** The address without user and password, e.g. `postgres://db.example.org:5432/chorus`. */
  readonly shown: string;
  readonly connectionString: string;
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=...`. The driver warns that `prefer`, `require` and
 * `verify-ca` will become weaker, so `verify-full` replaces them unless the URL has `uselibpqcompat`. Error:
 * `store.refused`, which never contains the URL.
 */
export function postgresAddress(url: string): PostgresAddress {
  // The driver accepts more than valid URLs, such as `postgres://user@/db?host=/run/postgresql`.
  const parsed = parse(url) ?? parse(url.replace('@/', '@localhost/'));
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol))
    throw new ChorusError('store.refused', storeWords.noPostgresAddress);
  const socket = parsed.searchParams.get('host');
  const host = socket ?? (parsed.hostname === '' ? 'localhost' : decodeURIComponent(parsed.hostname));
  const shown = `postgres://${host}:${parsed.port === '' ? '5432' : parsed.port}${parsed.pathname}`;
  // Chorus servers find each other by their application name, so the URL must not change the name.
  const named = url.replaceAll(/([?&])application_name=[^&]*/g, '$1');
  const sslmode = /([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/;
  return {
    shown,
    connectionString: parsed.searchParams.has('uselibpqcompat') ? named : named.replace(sslmode, '$1verify-full'),
  };
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
