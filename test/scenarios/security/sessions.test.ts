import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/index.js';
import { AdminPassword, type SecretKeeper } from '../../../src/http/index.js';
import { hurriedClock } from '../../fakes/doctor-context.js';
import { PASSWORD, PEERS, startServer, type Harness } from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

let harness: Harness;
const started = async (options: Parameters<typeof startServer>[0] = {}): Promise<Harness> =>
  (harness = await startServer(options));
afterEach(() => harness.close());

/** The part of a database that keeps secrets. Several servers share it. */
function keeperOf(kept: Map<string, string>): SecretKeeper {
  return {
    findSecret: (name) => Promise.resolve(kept.get(name)),
    secret: (name, create) => {
      const value = kept.get(name) ?? create();
      kept.set(name, value);
      return Promise.resolve(value);
    },
    replaceSecret: (name, value) => Promise.resolve(void kept.set(name, value)),
  };
}

describe('signing in', () => {
  it('sets a cookie that scripts cannot read, other sites cannot send, and https never sends over http', async () => {
    await started({ trustedProxies: [PEERS.proxy] });
    const browser = new Browser(harness);
    const answer = await browser.signIn();
    expect(answer.json).toMatchObject({
      signedIn: true,
      csrf: expect.stringMatching(/^[\w-]{43}$/) as string,
      version: '1.2.3',
      passwordFixed: true,
    });
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^chorus_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=604800$/) as string,
      expect.stringMatching(
        /^chorus_browser=[\w.-]{66}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=31536000$/,
      ) as string,
    ]);
    const behind = new Browser(harness, 'voice.example.org', PEERS.proxy);
    const proxied = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'voice.example.org',
      origin: 'https://voice.example.org',
    };
    expect(codeOf(await behind.signIn(PASSWORD, proxied))).toBe('admin.wrong_host');
    await harness.close();
    await started({ trustedProxies: [PEERS.proxy], publicUrl: 'https://voice.example.org' });
    const secure = new Browser(harness, 'voice.example.org', PEERS.proxy);
    const [line = ''] = (await secure.signIn(PASSWORD, proxied)).headers['set-cookie'] ?? [];
    expect(line).toMatch(
      /^__Host-chorus_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=604800; Secure$/,
    );
    expect((await secure.get('/api/v1/devices', proxied)).status).toBe(200);
    // Without the prefix, a page over plain http could have planted the cookie.
    secure.cookie = secure.cookie?.replace('__Host-', '');
    expect((await secure.get('/api/v1/devices', proxied)).status).toBe(401);
  });

  it('refuses a wrong password without a hint about the right one', async () => {
    await started();
    const browser = new Browser(harness);
    const answer = await browser.signIn('not it at all');
    expect([answer.status, codeOf(answer)]).toEqual([401, 'admin.wrong_password']);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.text).not.toContain('not it');
    expect((await browser.get('/api/v1/session')).json).toEqual({
      signedIn: false,
      passwordSet: true,
      passwordFixed: true,
      language: 'en',
    });
    for (const body of [
      '',
      'no json',
      '{}',
      '{"password":""}',
      '{"password":1}',
      '{"password":"x","more":1}',
      `{"password":"${'x'.repeat(257)}"}`,
    ]) {
      expect([(await browser.ask('POST', '/api/v1/session', body)).status, body.slice(0, 20)]).toEqual([
        400,
        body.slice(0, 20),
      ]);
    }
    // A form on a foreign page could send this body, so it is not accepted as JSON.
    expect(
      (
        await browser.ask('POST', '/api/v1/session', JSON.stringify({ password: PASSWORD }), {
          'content-type': 'text/plain',
        })
      ).status,
    ).toBe(400);
  });

  it('does not continue a session that was planted in the browser (fixation)', async () => {
    await started();
    const [attacker, victim] = [new Browser(harness), new Browser(harness)];
    await attacker.signIn();
    const planted = attacker.cookie;
    victim.cookie = planted;
    victim.csrf = attacker.csrf;
    await victim.signIn();
    expect(victim.cookie).not.toBe(planted);
    expect((await attacker.get('/api/v1/devices')).status).toBe(401);
    // A session that somebody made up is not accepted either.
    const other = new Browser(harness);
    other.cookie = `chorus_session=${'B'.repeat(43)}`;
    await other.signIn();
    expect(other.cookie).not.toContain('BBB');
    const twice = new Browser(harness);
    twice.cookie = `${victim.cookie ?? ''}; ${planted ?? ''}`;
    expect((await twice.get('/api/v1/devices')).status).toBe(401);
  });

  it('signing out ends the session on the server, at once and for every copy of the cookie', async () => {
    await started();
    const [browser, copy] = [new Browser(harness), new Browser(harness)];
    await browser.signIn();
    [copy.cookie, copy.csrf] = [browser.cookie, browser.csrf];
    expect((await copy.get('/api/v1/devices')).status).toBe(200);
    const answer = await browser.ask('DELETE', '/api/v1/session');
    expect([answer.status, browser.cookie]).toEqual([204, undefined]);
    expect((await copy.get('/api/v1/devices')).status).toBe(401);
  });

  it('signing out deletes the device that the browser simulated', async () => {
    const forgotten: string[] = [];
    await started({ onForget: (deviceId) => void forgotten.push(deviceId) });
    const browser = new Browser(harness);
    await browser.signIn();
    const { deviceId } = (await browser.ask('POST', '/api/v1/browser-device')).json;
    await browser.ask('DELETE', '/api/v1/session');
    await expect.poll(() => forgotten).toEqual([deviceId, deviceId]);
    expect(await harness.store.list()).toEqual([]);
  });

  it('a session ends after 12 hours without use, and after 7 days with it', async () => {
    let aheadMs = 0;
    await started({ clock: { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs } });
    const [idle, used] = [new Browser(harness), new Browser(harness)];
    await idle.signIn();
    await used.signIn();
    const HOUR = 3_600_000;
    for (let hours = 0; hours < 7 * 24 - 1; hours += 11) {
      aheadMs += Math.min(11, 7 * 24 - 1 - hours) * HOUR;
      expect([(await used.get('/api/v1/devices')).status, hours]).toEqual([200, hours]);
    }
    expect((await idle.get('/api/v1/devices')).status).toBe(401);
    aheadMs += 1.1 * HOUR;
    expect((await used.get('/api/v1/devices')).status).toBe(401);
  });

  it('a new password ends every session except the one that set it', async () => {
    const kept = new Map<string, string>();
    const store = keeperOf(kept);
    const password = await AdminPassword.open({ store, configured: () => undefined, cost: 1024 });
    await started({ admin: { password } });
    const made = password.made ?? '';
    expect(made).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    const [one, two] = [new Browser(harness), new Browser(harness)];
    expect((await one.signIn(made)).status).toBe(200);
    await two.signIn(made);
    expect(codeOf(await one.ask('POST', '/api/v1/password', { current: 'wrong', next: 'another password' }))).toBe(
      'admin.wrong_password',
    );
    expect(codeOf(await one.ask('POST', '/api/v1/password', { current: made, next: 'short' }))).toBe(
      'admin.password_refused',
    );
    expect((await one.ask('POST', '/api/v1/password', { current: made, next: 'another password' })).status).toBe(204);
    expect([(await one.get('/api/v1/devices')).status, (await two.get('/api/v1/devices')).status]).toEqual([200, 401]);
    expect(codeOf(await two.signIn(made))).toBe('admin.wrong_password');
    expect((await two.signIn('another password')).status).toBe(200);
    // Both passwords are stored only as hashes. At the next start, no new password is made.
    expect([...kept.values()].join()).toMatch(/^scrypt\$1024\$8\$1\$[\w-]+\$[\w-]+$/);
    expect((await AdminPassword.open({ store, configured: () => undefined })).made).toBeUndefined();
  });

  it('a generated password is valid at once, is stored when shown, and never replaces a later one', async () => {
    const kept = new Map<string, string>();
    const store = keeperOf(kept);
    const open = (): Promise<AdminPassword> => AdminPassword.open({ store, configured: () => undefined, cost: 1024 });
    // This first start fails before it shows its password.
    await open();
    const shown = await open();
    expect(await shown.matches(shown.made ?? '')).toBe(true);
    await shown.keep();
    const next = await open();
    await next.keep();
    expect([next.made, await next.matches(shown.made ?? '')]).toEqual([undefined, true]);
    kept.clear();
    const changed = await open();
    await changed.change('set before it was shown');
    await changed.keep();
    expect(await (await open()).matches('set before it was shown')).toBe(true);
  });

  it('a password changed on another server of the database is valid here and ends the old sessions', async () => {
    const store = keeperOf(new Map());
    const open = (): Promise<AdminPassword> => AdminPassword.open({ store, configured: () => undefined, cost: 1024 });
    const elsewhere = await open();
    await elsewhere.change('the old password');
    let lost = false;
    const here = await AdminPassword.open({
      store: {
        ...store,
        findSecret: (name) => (lost ? Promise.reject(new Error('the database is lost')) : store.findSecret(name)),
      },
      configured: () => undefined,
      cost: 1024,
    });
    await started({ admin: { password: here } });
    const [before, after] = [new Browser(harness), new Browser(harness)];
    await before.signIn('the old password');
    await elsewhere.change('the new password');
    expect(codeOf(await new Browser(harness).signIn('the old password'))).toBe('admin.wrong_password');
    expect((await before.get('/api/v1/devices')).status).toBe(401);
    expect((await after.signIn('the new password')).status).toBe(200);
    lost = true;
    expect((await new Browser(harness).signIn('the new password')).status).toBe(200);
    expect((await after.get('/api/v1/devices')).status).toBe(200);
  });

  it('a password changed on another server ends sessions here within seconds, even idle ones', async () => {
    const store = keeperOf(new Map());
    const open = (): Promise<AdminPassword> => AdminPassword.open({ store, configured: () => undefined, cost: 1024 });
    const elsewhere = await open();
    await elsewhere.change('the old password');
    await started({ admin: { password: await open() }, clock: hurriedClock(50) });
    const browser = new Browser(harness);
    await browser.signIn('the old password');
    expect((await browser.get('/api/v1/devices')).status).toBe(200);
    await elsewhere.change('the new password');
    await expect.poll(async () => (await browser.get('/api/v1/devices')).status, { timeout: 10_000 }).toBe(401);
  });

  it('of two servers that start for the first time at once, one shows a password, valid on both', async () => {
    const store = keeperOf(new Map());
    const [one, two] = await Promise.all(
      [1, 2].map(() => AdminPassword.open({ store, configured: () => undefined, cost: 1024 })),
    );
    await Promise.all([one?.keep(), two?.keep()]);
    const shown = [one?.made, two?.made].filter((made) => made !== undefined);
    expect(shown).toHaveLength(1);
    expect(await Promise.all([one?.matches(shown[0] ?? ''), two?.matches(shown[0] ?? '')])).toEqual([true, true]);
  });

  it('a configured password is hashed again after its hash failed', async () => {
    await started();
    const costs = [3, 1024]; // scrypt rejects the first one.
    const password = await AdminPassword.open({
      store: keeperOf(new Map()),
      configured: () => 'from the configuration',
      get cost() {
        return costs.shift() ?? 1024;
      },
    });
    await expect(password.matches('from the configuration')).rejects.toThrow(/scrypt/);
    expect(await password.matches('from the configuration')).toBe(true);
  });

  it('a configured password overrides the stored one, changes only there, and its change ends sessions', async () => {
    let configured: string | undefined = 'from the configuration';
    const kept = new Map<string, string>();
    const store = keeperOf(kept);
    await started({
      admin: { password: await AdminPassword.open({ store, configured: () => configured, cost: 1024 }) },
    });
    const browser = new Browser(harness);
    expect((await browser.signIn('from the configuration')).status).toBe(200);
    expect(kept.size).toBe(0);
    expect(
      codeOf(await browser.ask('POST', '/api/v1/password', { current: configured, next: 'another password' })),
    ).toBe('admin.password_refused');
    configured = 'changed while it runs';
    expect((await browser.get('/api/v1/devices')).status).toBe(401);
    expect((await browser.signIn('changed while it runs')).status).toBe(200);
    configured = undefined;
    expect((await browser.get('/api/v1/session')).json).toMatchObject({ signedIn: false, passwordSet: false });
    expect(codeOf(await browser.signIn(''))).toBe('admin.bad_request');
    expect(codeOf(await browser.signIn('undefined'))).toBe('admin.wrong_password');
  });
});
