import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import type { ChorusError } from '../core/index.js';
import type { Peer } from '../platform/inbound/index.js';
import { AdminGate, CSRF_HEADER, type GateOptions } from './gate.js';
import { AdminSessions } from './sessions.js';

const LOCAL_TOKEN = 'L'.repeat(43);
const LAN: Peer = { address: '192.168.1.7', kind: 'private', forwarded: false, viaTrustedProxy: false };
const PROXIED: Peer = { ...LAN, forwarded: true, viaTrustedProxy: true };
const PUBLIC_URL = 'https://voice.example.org';

interface Asked {
  readonly method?: string;
  readonly access?: 'public';
  readonly peer?: Peer;
  readonly headers?: Readonly<Record<string, string>>;
}

function world(options: Partial<GateOptions> = {}) {
  const peers = new Map<FastifyRequest, Peer>();
  const sessions = new AdminSessions({ clock: new FakeClock(), stamp: () => 'password', onEnd: () => {} });
  const gate = new AdminGate({
    sessions,
    localToken: LOCAL_TOKEN,
    peerOf: (request) => peers.get(request) ?? LAN,
    publicUrl: () => undefined,
    hosts: () => [],
    ...options,
  });
  const request = ({ method = 'GET', access, peer = LAN, headers = {} }: Asked): FastifyRequest => {
    const made = {
      method,
      headers: { host: '192.168.1.5:8000', ...headers },
      routeOptions: { config: { adminAccess: access } },
    };
    peers.set(made as unknown as FastifyRequest, peer);
    return made as unknown as FastifyRequest;
  };
  const asks = (asked: Asked): unknown => {
    try {
      return gate.admit(request(asked)).principal?.kind ?? 'nobody';
    } catch (error) {
      const { code, details } = error as ChorusError;
      return details?.['host'] === undefined ? code : `${code} ${JSON.stringify(details)}`;
    }
  };
  const cookie = (asked: Asked, secret: string | null = 'S'): string => {
    let line = '';
    const header = (name: string, value: string): string =>
      (line = name === 'set-cookie' ? value : `${name}: ${value}`);
    const reply = { header } as unknown as FastifyReply;
    const made = request(asked);
    gate.setCookie(made, reply, gate.host(made), secret ?? undefined);
    return line;
  };
  const marked = (asked: Asked): string | undefined => {
    const lines: string[] = [];
    const made = request(asked);
    gate.rememberBrowser(made, { header: (_: string, line: string) => lines.push(line) } as never, gate.host(made));
    return lines[0];
  };
  const browser = (asked: Asked): string | undefined => gate.knownBrowser(request(asked));
  return { asks, cookie, marked, browser, sessions, signIn: () => sessions.open() };
}

const PLAIN = 'chorus_session=S; HttpOnly; SameSite=Strict; Path=/; Max-Age=604800';
const SECURE = `__Host-${PLAIN}; Secure`;

describe('the session cookie', () => {
  it('is limited to https if a trusted proxy says that the browser uses https, even without a public address', () => {
    const { cookie } = world();
    expect(cookie({ peer: PROXIED, headers: { 'x-forwarded-proto': 'https' } })).toBe(SECURE);
    expect(cookie({ peer: PROXIED, headers: { 'x-forwarded-proto': 'http' } })).toBe(PLAIN);
    expect(cookie({ peer: PROXIED })).toBe(PLAIN);
    expect(cookie({ headers: { 'x-forwarded-proto': 'https' } })).toBe(PLAIN);
  });

  it('is limited to https at a public address with https, unless X-Forwarded-Proto says http', () => {
    const { cookie } = world({ publicUrl: () => PUBLIC_URL });
    expect(cookie({ headers: { host: 'voice.example.org' } })).toBe(SECURE);
    expect(cookie({ headers: { host: 'voice.example.org', 'x-forwarded-proto': 'http' } })).toBe(PLAIN);
  });

  it('works over http at the network address, and at a public address with http', () => {
    expect(world({ publicUrl: () => PUBLIC_URL }).cookie({ headers: { host: '192.168.1.5:8000' } })).toBe(PLAIN);
    const { cookie } = world({ publicUrl: () => 'http://voice.example.org' });
    expect(cookie({ headers: { host: 'voice.example.org' } })).toBe(PLAIN);
  });

  it('is deleted under the name under which it was set', () => {
    const { cookie } = world({ publicUrl: () => PUBLIC_URL });
    const gone = 'chorus_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0';
    expect(cookie({ headers: { host: 'voice.example.org' } }, null)).toBe(`__Host-${gone}; Secure`);
    expect(cookie({}, null)).toBe(gone);
  });
});

describe('a browser with a session cookie', () => {
  it('is recognised even if the host has other cookies', () => {
    const { asks, signIn } = world();
    const { secret } = signIn();
    for (const cookie of [
      `chorus_session=${secret}`,
      `other=1; chorus_session=${secret}`,
      `chorus_session=${secret};theme=dark; a=b=c`,
      `__Host-chorus_session=${'x'.repeat(43)}; chorus_session=${secret}`,
    ])
      expect([asks({ headers: { cookie } }), cookie]).toEqual(['browser', cookie]);
  });

  it('is not recognised if the cookie has another name, occurs twice or is incomplete', () => {
    const { asks, signIn } = world();
    const { secret } = signIn();
    for (const cookie of [
      `session=${secret}`,
      `__Host-chorus_session=${secret}`,
      `chorus_session=${secret}; chorus_session=${secret}`,
      `chorus_session=${'x'.repeat(43)}; chorus_session=${secret}`,
      `chorus_session=${secret}=`,
      secret,
      '',
    ])
      expect([asks({ headers: { cookie } }), cookie]).toEqual(['admin.not_signed_in', cookie]);
  });

  it('over https, is recognised only by the cookie that plain http cannot set', () => {
    const { asks, signIn } = world();
    const { secret } = signIn();
    const https = { peer: PROXIED, headers: { 'x-forwarded-proto': 'https' } };
    const by = (name: string): unknown =>
      asks({ ...https, headers: { ...https.headers, cookie: `${name}=${secret}` } });
    expect([by('__Host-chorus_session'), by('chorus_session')]).toEqual(['browser', 'admin.not_signed_in']);
  });

  it('may change something only with the CSRF token of its own session', () => {
    const { asks, signIn } = world();
    const [own, other] = [signIn(), signIn()];
    const change = (csrf?: string, method = 'POST'): unknown =>
      asks({
        method,
        headers: { cookie: `chorus_session=${own.secret}`, ...(csrf !== undefined && { [CSRF_HEADER]: csrf }) },
      });
    expect([change(own.session.csrf), change(own.session.csrf, 'DELETE')]).toEqual(['browser', 'browser']);
    expect([change(), change(''), change(other.session.csrf)]).toEqual(Array(3).fill('admin.cross_site'));
    expect([change(undefined, 'GET'), change(undefined, 'HEAD')]).toEqual(['browser', 'browser']);
  });
});

describe('the origin of a page', () => {
  const from = (origin: string | undefined, site?: string): Readonly<Record<string, string>> => ({
    ...(origin !== undefined && { origin }),
    ...(site !== undefined && { 'sec-fetch-site': site }),
  });

  it.each<[string, Partial<GateOptions>, Asked]>([
    [
      'https at a proxy, no public address configured',
      {},
      { peer: PROXIED, headers: from('https://192.168.1.5:8000') },
    ],
    ['plain http', {}, { headers: from('http://192.168.1.5:8000', 'same-origin') }],
    [
      'the public address; the proxy sends another host',
      { publicUrl: () => PUBLIC_URL },
      { headers: from(PUBLIC_URL) },
    ],
    ['no origin, because the client is not a browser', {}, { headers: from(undefined) }],
    ['an address that somebody typed in', {}, { headers: from(undefined, 'none') }],
  ])("is accepted as this server's own: %s", (_, options, asked) => {
    expect(world(options).asks({ ...asked, access: 'public' })).toBe('nobody');
  });

  it.each<[string, Asked]>([
    ['another name', { headers: from('http://evil.example') }],
    ['another port', { headers: from('http://192.168.1.5:8001') }],
    ['an opaque origin', { headers: from('null') }],
    ['another site, without an origin', { headers: from(undefined, 'cross-site') }],
    ['another site, with a matching origin', { headers: from('http://192.168.1.5:8000', 'cross-site') }],
    ['the same site', { headers: from(undefined, 'same-site') }],
    ['a change by an address that somebody typed in', { method: 'POST', headers: from(undefined, 'none') }],
    ['a public address that is not configured', { headers: from(PUBLIC_URL) }],
  ])('is refused as foreign, with or without a sign-in: %s', (_, asked) => {
    const { asks, signIn } = world();
    expect(asks({ ...asked, access: 'public' })).toBe('admin.cross_site');
    const elsewhere = world({ publicUrl: () => 'https://elsewhere.example.org' });
    expect(elsewhere.asks({ ...asked, access: 'public' })).toBe('admin.cross_site');
    const { secret, session } = signIn();
    const headers = { ...asked.headers, cookie: `chorus_session=${secret}`, [CSRF_HEADER]: session.csrf };
    expect(asks({ ...asked, headers })).toBe('admin.cross_site');
  });
});

describe('the host name of a request', () => {
  const headers = { host: 'backend.example.com', 'x-forwarded-host': 'voice.example.org' };

  it('is the host name that a trusted proxy reports', () => {
    const { asks } = world({ publicUrl: () => PUBLIC_URL });
    expect(asks({ access: 'public', peer: PROXIED, headers })).toBe('nobody');
    expect(asks({ access: 'public', peer: PROXIED, headers: { host: 'voice.example.org' } })).toBe('nobody');
  });

  it('is the Host header if no trusted proxy forwarded the request', () => {
    expect(world({ publicUrl: () => PUBLIC_URL }).asks({ access: 'public', headers })).toBe(
      'admin.wrong_host {"host":"backend.example.com"}',
    );
  });

  it('must belong to this server; any other name is refused, even in a signed-in browser', () => {
    const { asks } = world({ hosts: () => ['chorus.example.com'] });
    const local = { authorization: `Bearer ${LOCAL_TOKEN}` };
    const peer: Peer = { ...LAN, kind: 'loopback' };
    expect(asks({ peer, headers: { ...local, host: 'chorus.example.com' } })).toBe('local');
    for (const [host, named] of [
      ['evil.example', 'evil.example'],
      ['', ''],
      ['a b', ''],
    ] as const)
      expect(asks({ peer, headers: { ...local, host } })).toBe(`admin.wrong_host {"host":"${named}"}`);
  });
});

describe('a command', () => {
  const asking = (
    kind: Peer['kind'],
    headers: Readonly<Record<string, string>> = {},
    more: Partial<Peer> = {},
  ): Asked => ({
    method: 'POST',
    peer: { ...LAN, kind, ...more },
    headers: { authorization: `Bearer ${LOCAL_TOKEN}`, ...headers },
  });

  it('is admitted from any address of this machine', () => {
    const { asks } = world();
    expect([asks(asking('loopback')), asks(asking('own'))]).toEqual(['local', 'local']);
    expect(asks(asking('loopback', { authorization: `bearer ${LOCAL_TOKEN}` }))).toBe('local');
  });

  it('is not admitted from another machine or through a proxy', () => {
    const { asks } = world();
    for (const kind of ['private', 'gateway', 'public'] as const)
      expect([asks(asking(kind)), kind]).toEqual(['admin.not_signed_in', kind]);
    for (const kind of ['loopback', 'own'] as const)
      expect(asks(asking(kind, {}, { forwarded: true }))).toBe('admin.not_signed_in');
  });

  it('is refused with a wrong token, even on a public route or in a signed-in browser', () => {
    const { asks, signIn } = world();
    const cookie = `chorus_session=${signIn().secret}`;
    for (const authorization of ['', 'Bearer ', `Bearer ${'M'.repeat(43)}`, LOCAL_TOKEN, `Basic ${LOCAL_TOKEN}`]) {
      expect(asks({ ...asking('loopback', { authorization, cookie }), access: 'public' })).toBe('admin.not_signed_in');
    }
  });
});

describe('a browser in which the admin has signed in before', () => {
  const withCookie = (cookie: string): Asked => ({ headers: { cookie } });

  it('is recognised by a cookie that it keeps for a year', () => {
    const { marked, browser, asks } = world();
    const line = marked({}) ?? '';
    expect(line).toMatch(/^chorus_browser=[\w-]{22}\.[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=31536000$/);
    const cookie = line.split(';', 1)[0] ?? '';
    expect(browser(withCookie(cookie))).toBe(/=([^.]+)\./.exec(cookie)?.[1]);
    expect(marked(withCookie(cookie))).toBeUndefined();
    expect(asks(withCookie(cookie))).toBe('admin.not_signed_in');
    expect(marked({})).not.toBe(line);
  });

  it('is not recognised by a cookie that this server did not make', () => {
    const { marked, browser } = world();
    const cookie = (marked({}) ?? '').split(';', 1)[0] ?? '';
    const [name = '', seal = ''] = cookie.slice('chorus_browser='.length).split('.');
    const other = world({ localToken: 'M'.repeat(43) });
    expect(other.browser(withCookie(cookie))).toBeUndefined();
    expect(other.marked(withCookie(cookie))).toBeDefined();
    for (const value of [
      '',
      name,
      `${name}.`,
      `.${seal}`,
      `${'A'.repeat(22)}.${seal}`,
      `${name}.${'A'.repeat(43)}`,
      `${name.slice(1)}.${seal}`,
      `A${name}.${seal}`,
      `${name}.${seal}A`,
    ])
      expect([browser(withCookie(`chorus_browser=${value}`)), value]).toEqual([undefined, value]);
    expect(browser({})).toBeUndefined();
  });
});
