import { ChorusError } from '../../core/index.js';

/** `store.url`, apart: what may be shown to people, and what the driver is given. */
export interface PostgresAddress {
  /** Without user and password, `postgres://db.example.org:5432/chorus`. */
  readonly shown: string;
  readonly connectionString: string;
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=...`. The driver checks the server's certificate for every `sslmode` but
 * `no-verify` (encrypted, not checked) and `disable`; it warns of the names that will mean less one day, so that they are told to it as what
 * they are. Error: `store.refused`, which never shows what was given.
 */
export function postgresAddress(url: string): PostgresAddress {
  // The driver understands more (`postgres://user@/db?host=/run/postgresql`) than a URL may be.
  const parsed = parse(url) ?? parse(url.replace('@/', '@localhost/'));
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol))
    throw new ChorusError(
      'store.refused',
      'store.url is no address of a PostgreSQL database (postgres://user:password@host:5432/database)',
    );
  const socket = parsed.searchParams.get('host');
  const host = socket ?? (parsed.hostname === '' ? 'localhost' : decodeURIComponent(parsed.hostname));
  const shown = `postgres://${host}:${parsed.port === '' ? '5432' : parsed.port}${parsed.pathname}`;
  // The name by which servers of Chorus find each other (`serverSessions`) is not to be changed.
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
