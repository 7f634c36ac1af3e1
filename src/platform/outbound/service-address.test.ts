import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChorusError, errorWords } from '../../core/index.js';
import { guardedFetch } from './guarded-fetch.js';
import { checkServiceAddress, checkServicePlace, isAllowedAddress } from './service-address.js';

const POLICY = { localPorts: [11_434, 8080] };

describe('addresses that the console may request', () => {
  it.each([
    'https://api.deepseek.com/v1',
    'http://203.0.113.7/v1',
    'https://[2606:4700::1]/v1',
    'http://127.0.0.1:11434/v1',
    'http://localhost:11434/v1',
    'http://192.168.1.5:8080/v1',
    'http://[::1]:11434',
    'http://[fd12:3456::1]:8080',
    'http://[::ffff:127.0.0.1]:11434',
    'https://example.org:8443/',
  ])('include %s', (url) => {
    expect(checkServiceAddress(url, POLICY).href).toContain('http');
  });

  it.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:11434/',
    'javascript:alert(1)',
    'data:text/plain,x',
    '',
    'no address',
    '//example.org',
    'http://',
    'https://user:pass@example.org/',
    'https://user@example.org/',
    'http://169.254.169.254/latest/meta-data',
    'http://169.254.169.254:11434/',
    'http://[fd00:ec2::254]/',
    'http://[fd00:ec2::254]:11434/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://metadata.google.internal/',
    'http://metadata/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]:11434/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://169.254.1.1:8080/',
    'http://[fe80::1]:11434/',
    'http://127.0.0.1/',
    'http://127.0.0.1:22/',
    'http://127.1:6379/',
    'http://localhost/',
    'http://x.localhost:5432/',
    'http://[::1]:9200/',
    'http://0.0.0.0:11434/',
    'http://[::]:11434/',
    'http://10.0.0.1:80/',
    'http://172.16.0.9:3306/',
    'http://192.168.1.1/',
    'http://[fd12:3456::1]/',
    'http://2130706433:5432/',
    'http://[::ffff:192.168.1.1]/',
    'http://100.64.0.1/',
    'http://224.0.0.1:11434/',
    'http://255.255.255.255:11434/',
  ])('exclude %s', (url) => {
    expect(() => checkServiceAddress(url, POLICY)).toThrowError(
      expect.objectContaining({ code: 'admin.address_refused' }) as Error,
    );
  });

  it.each([
    ['192.168.1.5:1234/v1', /begin with http:\/\/.*/, /http:\/\/192\.168\.1\.5:1234\/v1/],
    ['localhost:1234', /begin with http/, /http:\/\/localhost:1234/],
    ['http://127.0.0.1:5432/', /port 5432 is none of those.*11434/, /Add 5432 to admin\.llm_ports/],
    ['http://localhost:5432/', /port 5432 is none of those.*11434/, /Add 5432 to admin\.llm_ports/],
  ])('reports cause and remedy for %s', (url, message, remedy) => {
    let said: unknown;
    try {
      checkServiceAddress(url, POLICY);
    } catch (error) {
      said = error;
    }
    expect(errorWords(said as ChorusError, 'en')).toMatchObject({
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
    expect(errorWords(said as ChorusError, 'zh').message).toMatch(/^页面上不能用/);
  });

  it('applies the same rules to addresses from the resolver', () => {
    expect(isAllowedAddress('93.184.216.34', 80, POLICY)).toBe(true);
    expect(isAllowedAddress('127.0.0.1', 11_434, POLICY)).toBe(true);
    for (const address of ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '169.254.169.254', 'nonsense', ''])
      expect([isAllowedAddress(address, 80, POLICY), address]).toEqual([false, address]);
  });
});

describe('an address that is set in the console', () => {
  const leadingTo =
    (...addresses: readonly string[]) =>
    () =>
      Promise.resolve(addresses.map((address) => ({ address })));
  it.each(['10.0.0.1', '127.0.1.1', '169.254.169.254', '::ffff:192.168.1.1', 'fd12:3456::1'])(
    'must not have a name that resolves to %s',
    async (inside) => {
      for (const found of [[inside], ['93.184.216.34', inside], []]) {
        await expect(checkServicePlace('http://llm.example.org/v1', POLICY, leadingTo(...found))).rejects.toMatchObject(
          { code: 'admin.address_refused', details: { host: 'llm.example.org' } },
        );
      }
    },
  );

  it('may lead to the internet, and to a language model in this network', async () => {
    await checkServicePlace('https://llm.example.org/v1', POLICY, leadingTo('93.184.216.34', '2606:4700::1'));
    await checkServicePlace('http://ollama:11434/v1', POLICY, leadingTo('172.18.0.2'));
    await checkServicePlace('http://[::1]:8080/v1', POLICY);
    await checkServicePlace('http://127.0.0.1:8080/v1', POLICY);
    await expect(checkServicePlace('http://10.0.0.1/v1', POLICY)).rejects.toMatchObject({
      code: 'admin.address_refused',
    });
  });
});

describe('a guarded request', () => {
  let server: Server;
  let port: number;
  let seen: string[];
  let answer: (path: string) => {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
  beforeEach(async () => {
    seen = [];
    answer = () => ({ status: 200, body: 'fine' });
    server = createServer((request, response) => {
      seen.push(request.url ?? '');
      const { status, headers, body } = answer(request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('goes to allowed addresses, by number or by name', async () => {
    const ask = guardedFetch({ localPorts: [port] });
    for (const host of ['127.0.0.1', 'localhost']) {
      const response = await ask(`http://${host}:${port}/v1`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect([response.status, await response.text()]).toEqual([200, 'fine']);
    }
  });

  it('never connects to a refused address, even through a name that resolves to it', async () => {
    const ask = guardedFetch(POLICY);
    for (const host of ['127.0.0.1', 'localhost', 'localhost.', 'x.localhost', '127.1', '[::ffff:127.0.0.1]'])
      await expect(ask(`http://${host}:${port}/v1`), host).rejects.toMatchObject({ code: 'admin.address_refused' });
    expect(seen).toEqual([]);
  });

  it('follows no redirect', async () => {
    answer = () => ({ status: 302, headers: { location: `http://127.0.0.1:${port}/secret` } });
    await expect(guardedFetch({ localPorts: [port] })(`http://127.0.0.1:${port}/v1`)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { message: 'unexpected redirect' },
    });
    expect(seen).toEqual(['/v1']);
  });

  it('reads an answer of limited size, and ends when aborted', async () => {
    answer = () => ({ status: 200, body: 'x'.repeat(1_000_000) });
    const response = await guardedFetch({ localPorts: [port] })(`http://127.0.0.1:${port}/`);
    await expect(response.text()).rejects.toThrow(new RangeError('the answer is longer than 262144 bytes'));
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(
      guardedFetch({ localPorts: [port] })(`http://127.0.0.1:${port}/`, { signal: aborted }),
    ).rejects.toThrow(/abort/i);
  });
});
