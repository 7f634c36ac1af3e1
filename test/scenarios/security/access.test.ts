import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_API, type AdminOptions, type RouteSpec } from '../../../src/http/index.js';
import { asCommand, http, PEERS, startServer, type Harness, type HttpAnswer } from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

/**
 * How often an operation was reached. These operations replace the real ones, and none may be reached without
 * credentials.
 */
let reached = 0;
const operation: object = new Proxy(() => ({}), {
  get: () => operation,
  apply: () => {
    reached += 1;
    return {};
  },
});
const OPERATIONS = new Proxy(
  {},
  {
    ownKeys: () => [
      'overview',
      'problems',
      'configuration',
      'models',
      'voices',
      'languageModel',
      'lifecycle',
      'upkeep',
      'firmware',
      'browserDevices',
    ],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: operation }),
    get: () => operation,
  },
) as Partial<AdminOptions>;

/**
 * The routes that need no credentials: those for devices, for probes of supervisors, and for the page's files, which
 * contain no secrets.
 */
const PUBLIC = /^\/(healthz|readyz|metrics|xiaozhi\/ota(\/activate)?|console\/\*|)$|^\/firmware\//;

let harness: Harness;
beforeEach(async () => {
  reached = 0;
  harness = await startServer({ admin: { ...OPERATIONS } });
});
afterEach(() => harness.close());

const specs = Object.entries(ADMIN_API) as [string, RouteSpec][];
const secret = specs.filter(([, spec]) => spec.access !== 'public');
const addressOf = ({ path }: RouteSpec): string => `/api/v1${path.replaceAll(/:\w+/g, 'a0:85:e3:f4:49:34')}`;

describe('access without credentials', () => {
  it('is limited to known public addresses; all others are below /api/v1', async () => {
    await http(harness, { path: '/healthz' });
    const others = harness.server.routes.filter(({ url }) => !url.startsWith('/api/v1/') && !PUBLIC.test(url));
    expect(others).toEqual([]);
    expect(harness.server.routes.length).toBeGreaterThan(20);
  });

  it('is tested for every registered route, because the contract has all of them', async () => {
    await http(harness, { path: '/healthz' });
    const registered = harness.server.routes.flatMap(({ method, url }) =>
      url.startsWith('/api/v1/') && method !== 'HEAD' ? [`${method} ${url.slice('/api/v1'.length)}`] : [],
    );
    const known = specs.map(([, { method, path }]) => `${method} ${path}`);
    expect(registered.filter((route) => !known.includes(route))).toEqual([]);
  });

  it.each<[string, (spec: RouteSpec) => Promise<HttpAnswer>]>([
    ['no credentials', ({ method, path }) => http(harness, { method, path: addressOf({ path } as RouteSpec) })],
    ['no credentials, as a page', (spec) => new Browser(harness).ask(spec.method, addressOf(spec), {})],
    [
      'a made-up cookie',
      async (spec) => {
        const browser = new Browser(harness);
        browser.cookie = `chorus_session=${'A'.repeat(43)}`;
        browser.csrf = 'A'.repeat(43);
        return browser.ask(spec.method, addressOf(spec), {});
      },
    ],
    [
      'a made-up bearer token',
      (spec) =>
        http(harness, {
          method: spec.method,
          path: addressOf(spec),
          headers: { authorization: `Bearer ${'A'.repeat(43)}` },
        }),
    ],
    [
      'the old header of commands',
      (spec) =>
        http(harness, {
          method: spec.method,
          path: addressOf(spec),
          headers: { 'x-chorus-local': harness.localToken },
        }),
    ],
    [
      'the right bearer token from the network',
      (spec) =>
        http(harness, { method: spec.method, path: addressOf(spec), headers: asCommand(harness), from: PEERS.lan }),
    ],
    [
      'the right bearer token through a proxy',
      (spec) =>
        http(harness, {
          method: spec.method,
          path: addressOf(spec),
          headers: { ...asCommand(harness), 'x-forwarded-for': '127.0.0.1' },
        }),
    ],
  ])('%s', async (_name, ask) => {
    for (const [name, spec] of secret) {
      const answer = await ask(spec);
      expect([answer.status, codeOf(answer)], name).toEqual([401, 'admin.not_signed_in']);
      expect(answer.headers['cache-control'], name).toBe('no-store');
      expect(answer.headers['content-disposition'], name).toBe('attachment; filename="api.json"');
    }
    expect(reached).toBe(0);
  });

  it('is refused for unknown addresses and methods, too, so that nobody learns which exist', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/nothing'],
      ['PUT', '/api/v1/config'],
      ['OPTIONS', '/api/v1/config'],
      ['GET', '/api/v1'],
      ['GET', '/api//v1///config/'],
      ['GET', '/api/v1/%2e%2e/healthz'],
    ] as const) {
      const answer = await http(harness, { method, path });
      expect([401, 404], path).toContain(answer.status);
      expect(codeOf(answer) ?? 'admin.not_signed_in', path).toBe('admin.not_signed_in');
    }
    const browser = new Browser(harness);
    await browser.signIn();
    expect(codeOf(await browser.get('/api/v1/nothing'))).toBe('admin.not_found');
  });

  it('is refused for changes of a signed-in browser without its csrf token', async () => {
    const [browser, other] = [new Browser(harness), new Browser(harness)];
    await browser.signIn();
    await other.signIn();
    expect((await browser.get('/api/v1/devices')).status).toBe(200);
    for (const [name, spec] of secret.filter(([, { method }]) => method !== 'GET')) {
      for (const csrf of ['', 'x', other.csrf ?? '']) {
        const answer = await browser.ask(spec.method, addressOf(spec), {}, { 'x-chorus-csrf': csrf });
        expect([answer.status, codeOf(answer)], name).toEqual([403, 'admin.cross_site']);
      }
    }
    expect(reached).toBe(0);
    expect((await browser.get('/api/v1/session')).json).toMatchObject({ signedIn: true });
  });
});
