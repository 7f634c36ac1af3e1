import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asCommand, http, startServer, type Harness } from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

const OUTSIDE = 'what nobody may read';
let folder: string;
let harness: Harness;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-page-'));
  await mkdir(join(folder, 'console', 'assets'), { recursive: true });
  await writeFile(join(folder, 'console', 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'console', 'assets', 'app.js'), 'globalThis.app = true;\n'.repeat(100));
  await writeFile(join(folder, 'console', '.hidden.js'), OUTSIDE);
  await writeFile(join(folder, 'console', 'app.js.map'), OUTSIDE);
  await writeFile(join(folder, 'secret.js'), OUTSIDE);
  await symlink(join(folder, 'secret.js'), join(folder, 'console', 'link.js'));
  await symlink(folder, join(folder, 'console', 'linked'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(
  async () =>
    (harness = await startServer({
      admin: { pageFolder: join(folder, 'console') },
      limits: { headersTimeoutMs: 1000, requestTimeoutMs: 1500 },
    })),
);
afterEach(() => harness.close());

/**
 * Sends bytes that no client library would send. Resolves with the answer, or with an empty text if the connection was
 * closed without one.
 */
function raw(...parts: readonly (string | Promise<string>)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTcp({ port: harness.port, host: '127.0.0.1' });
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    for (const part of parts) void Promise.resolve(part).then((bytes) => socket.write(bytes));
  });
}

describe('the files of the page', () => {
  it('are served with a policy that forbids foreign code, and are revalidated by their tag', async () => {
    const page = await http(harness, { path: '/' });
    expect([page.status, page.headers['content-type'], page.text]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype html><title>page</title>',
    ]);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${harness.port} wss://127.0.0.1:${harness.port}`);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    const script = await http(harness, { path: '/console/assets/app.js', headers: { 'accept-encoding': 'gzip, br' } });
    expect([script.status, script.headers['content-encoding'], script.headers['content-type']]).toEqual([
      200,
      'br',
      'text/javascript; charset=utf-8',
    ]);
    const again = await http(harness, {
      path: '/console/assets/app.js',
      headers: { 'if-none-match': String(script.headers['etag']) },
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('lead to no other file, however the path is written', async () => {
    const ways = [
      '../secret.js',
      '..%2fsecret.js',
      '..%2Fsecret.js',
      '%2e%2e/secret.js',
      '%2e%2e%2fsecret.js',
      '..%5csecret.js',
      '..\\secret.js',
      '%252e%252e%252fsecret.js',
      '....//secret.js',
      '..;/secret.js',
      '/../secret.js',
      'assets/../../secret.js',
      'assets/..%2f..%2fsecret.js',
      '%c0%ae%c0%ae/secret.js',
      '..%00/secret.js',
      'link.js',
      'linked/secret.js',
      '.hidden.js',
      'app.js.map',
      join(folder, 'secret.js'),
      `file://${folder}/secret.js`,
      '%',
      '%zz',
      'index.html%00.js',
      'constructor',
      '__proto__',
      'toString',
    ];
    for (const way of ways) {
      for (const base of ['/console/', '/', '/api/v1/models/', '/api/v1/firmware/', '/firmware/', '/xiaozhi/ota/']) {
        const answer = await raw(
          `GET ${base}${way} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
            `Authorization: Bearer ${harness.localToken}\r\nConnection: close\r\n\r\n`,
        );
        expect(answer, `${base}${way}`).not.toContain(OUTSIDE);
        expect(answer, `${base}${way}`).toMatch(/^HTTP\/1\.1 (400|401|403|404|421) /);
      }
    }
  });
});

describe('malicious requests', () => {
  it('with a body that is too large are refused, in one chunk or many, and not read without a sign-in', async () => {
    const browser = new Browser(harness);
    await browser.signIn();
    const large = JSON.stringify({ code: 'x'.repeat(200_000) });
    expect(codeOf(await browser.ask('POST', '/api/v1/pairing', large))).toBe('admin.too_large');
    const chunk = 'a'.repeat(0x8000);
    const chunked = await raw(
      'POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
        'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
      ...Array.from({ length: 6 }, () => `8000\r\n${chunk}\r\n`),
      '0\r\n\r\n',
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    // These requests are refused because of their headers. No byte of a body was sent.
    expect(
      await raw(
        'POST /api/v1/firmware?board=x&version=1.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\n' +
          'Content-Type: application/octet-stream\r\nContent-Length: 4000000000\r\n' +
          'Connection: close\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 401 /);
    expect(
      await raw(`GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 431 /);
    expect((await browser.get(`/api/v1/devices/${'x'.repeat(5000)}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('with endless headers and bodies time out, and others are served meanwhile', async () => {
    const slow = Array.from({ length: 50 }, (_, index) =>
      raw(
        index % 2 === 0
          ? 'GET /api/v1/session HTTP/1.1\r\nHost: 127'
          : 'POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
              'Content-Length: 60\r\n\r\n{"passw',
      ),
    );
    const browser = new Browser(harness);
    expect((await browser.signIn()).status).toBe(200);
    expect((await browser.get('/api/v1/devices')).status).toBe(200);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^$|^HTTP\/1\.1 408 /);
  }, 30_000);

  it('never get their own content back in a header', async () => {
    for (const [path, headers] of [
      ['/console/%0d%0aSet-Cookie:%20chorus_session=planted', ''],
      ['/api/v1/x%0d%0aX-Planted:%201', ''],
      ['/', 'Accept-Language: zh\r\n X-Planted: 1\r\n'],
      ['/', 'If-None-Match: "\r\n\tX-Planted: 1\r\n'],
    ] as const) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}Connection: close\r\n\r\n`);
      expect(answer.split('\r\n\r\n', 1)[0]?.toLowerCase(), path).not.toMatch(/planted/);
    }
    expect(
      await raw('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
    ).not.toContain('evil.example');
    expect(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 (400|421) /);
  });

  it('with two lengths of the body are refused (request smuggling)', async () => {
    const answer = await raw(
      'POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/devices HTTP/1.1\r\n' +
        'Host: 127.0.0.1\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('of a command with a strange device id reach no other address', async () => {
    for (const id of ['..%2f..%2fetc', 'a0:85:e3:f4:49:34%00', '%0d%0a', "';DROP TABLE devices;--", '__proto__']) {
      const answer = await http(harness, {
        method: 'DELETE',
        path: `/api/v1/devices/${encodeURI(id)}`,
        headers: asCommand(harness),
      });
      expect([400, 404]).toContain(answer.status);
    }
    expect((await http(harness, { path: '/api/v1/devices', headers: asCommand(harness) })).json).toEqual({
      devices: [],
    });
  });
});
