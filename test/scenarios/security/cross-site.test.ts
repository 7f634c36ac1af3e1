import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { http, PASSWORD, startServer, type Harness } from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

let harness: Harness;
beforeEach(
  async () =>
    (harness = await startServer({
      publicUrl: 'https://voice.example.org',
      admin: { hosts: () => ['Chorus.Example.ORG'] },
    })),
);
afterEach(() => harness.close());

describe('a page with another address', () => {
  it('can neither sign a browser in nor change anything with its cookie', async () => {
    const browser = new Browser(harness);
    await browser.signIn();
    const foreign: readonly Record<string, string>[] = [
      { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://evil.example', 'sec-fetch-site': '' },
      { origin: 'null', 'sec-fetch-site': '' },
      { origin: '', 'sec-fetch-site': 'cross-site' },
      // This page belongs to another program on this machine. Cookies do not distinguish ports.
      { origin: `http://127.0.0.1:${harness.port + 1}`, 'sec-fetch-site': 'same-site' },
      { origin: `http://127.0.0.1:${harness.port}.evil.example`, 'sec-fetch-site': '' },
      { origin: '', 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign) {
      const shown = JSON.stringify(headers);
      expect([codeOf(await browser.ask('POST', '/api/v1/pairing', { code: '000000' }, headers)), shown]).toEqual([
        'admin.cross_site',
        shown,
      ]);
      expect([codeOf(await new Browser(harness).signIn(PASSWORD, headers)), shown]).toEqual([
        'admin.cross_site',
        shown,
      ]);
    }
    expect((await browser.get('/api/v1/devices', { 'sec-fetch-site': 'cross-site', origin: '' })).status).toBe(403);
    // If a user types an address, the browser sends no Origin header.
    expect((await browser.get('/api/v1/devices', { 'sec-fetch-site': 'none', origin: '' })).status).toBe(200);
    expect(codeOf(await browser.ask('POST', '/api/v1/pairing', { code: '000000' }))).toBe('admin.not_found');
    // Pages under the public address are accepted, because a proxy may have changed the Host header.
    expect(
      codeOf(await browser.ask('POST', '/api/v1/pairing', { code: '000000' }, { origin: 'https://voice.example.org' })),
    ).toBe('admin.not_found');
  });

  it('gets no CORS permission', async () => {
    const answer = await http(harness, {
      method: 'OPTIONS',
      path: '/api/v1/session',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.status).toBe(401);
  });

  it('cannot reach the server through its own name (DNS rebinding)', async () => {
    const at = (host: string): Promise<string | undefined> =>
      new Browser(harness, host)
        .get('/api/v1/session', { origin: '', 'sec-fetch-site': 'none' })
        .then((answer) => (answer.status === 200 ? 'served' : codeOf(answer)));
    for (const host of [
      '127.0.0.1',
      '192.168.1.5:8000',
      '[fe80::1]:8000',
      'localhost:8000',
      'nas',
      'chorus.local',
      'nas.lan:8000',
      'nas.home.arpa',
      'voice.example.org',
      'VOICE.example.org:443',
      'chorus.example.org',
      'chorus.local.',
    ]) {
      expect([await at(host), host]).toEqual(['served', host]);
    }
    for (const host of [
      'evil.example',
      'evil.example:8000',
      'voice.example.org.evil.example',
      'xvoice.example.org',
      '127.0.0.1.evil.example',
      'local.evil.example',
      'a b',
      'x;script-src *',
      '[evil.example]',
      '1.2.3.4:99999',
      '[::1',
      'evil.example\\@127.0.0.1',
      "x'unsafe-inline'",
    ]) {
      expect([await at(host), host]).toEqual(['admin.wrong_host', host]);
    }
    // This header is used only if a trusted proxy sent it.
    expect(
      codeOf(await new Browser(harness, 'evil.example').get('/api/v1/session', { 'x-forwarded-host': '127.0.0.1' })),
    ).toBe('admin.wrong_host');
    const page = await new Browser(harness, 'evil.example').get('/');
    expect([page.status, page.headers['content-security-policy']]).toEqual([
      421,
      "default-src 'none'; frame-ancestors 'none'",
    ]);
  });
});
