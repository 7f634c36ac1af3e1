import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { standInOptions, startStandIns } from '../../src/measure/bench/index.js';
import { Scope, systemClock } from '../../src/core/index.js';
import { encodeClip, SimulatedDevice, type Clip } from '../../src/measure/fleet/index.js';
import { parseWav, resampleInt16 } from '../../src/audio/index.js';
import type { OverviewAnswer as Overview } from '../../src/http/index.js';
import { openStore } from '../../src/platform/store/index.js';
import { factOf, turnOf } from '../fakes/filled-store.js';
import { describeWith } from '../fakes/required.js';
import { FOREIGN_NAME, NO_CHROMIUM, openPage, overhang, signIn, startPage } from './browser.js';
import type { ServerUnderTest } from './server.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A port on this machine that the page may test (LM Studio's). Nobody else uses this loopback address. */
const STAND_IN = { host: '127.0.0.9', port: 1234 };
const PAIRED_WITHIN_MS = 20_000;
/** Resolves when the button has offered to stop a sound. The offer may be too short for regular polling. */
const OFFERS_TO_STOP = `(button) => new Promise((resolve) => {
  const look = () => button.textContent.includes('Stop') && resolve();
  new MutationObserver(look).observe(button, { childList: true, characterData: true, subtree: true });
})`;

interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Serious findings about the accessibility of a page. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  // The script must run in the page itself, past the page's policy, as a browser's developer tools do.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const { violations } = await page.evaluate<{ readonly violations: readonly AxeFinding[] }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Makes a short question with a voice of the server. The question has a short answer. */
async function question({ request }: BrowserContext, url: string): Promise<Clip> {
  const { csrf } = (await (await request.get(`${url}api/v1/session`)).json()) as { readonly csrf: string };
  const sound = await request.post(`${url}api/v1/voices/listen`, {
    headers: { 'x-chorus-csrf': csrf },
    data: { text: 'What time is it?', language: 'en-US' },
  });
  const { pcm, rateHz } = parseWav(await sound.body());
  return encodeClip(await resampleInt16(pcm, rateHz, 16_000));
}

describeWith(NO_CHROMIUM, 'the page in a browser', () => {
  let server: ServerUnderTest;
  let browser: Browser;
  let url = '';
  let password = '';

  beforeAll(async () => {
    ({ server, browser, url, password } = await startPage({
      'auth.pairing': 'code',
      'log.transcripts': 'true',
      'history.audio': 'true',
      'admin.hosts': FOREIGN_NAME,
    }));
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('from first start to first conversation: the printed password, the address, and a device that talks', async () => {
    const { context, page, complaints } = await openPage(browser, { url });
    expect(await page.locator('h1').innerText()).toBe('Chorus');
    await signIn(page, password);
    expect(await page.locator('main .card h2').first().innerText()).toBe('Talk');
    const otaUrl = (await page.locator('.copyable code').innerText()).trim();
    expect(otaUrl).toMatch(/^http:\/\/[^/]+\/xiaozhi\/ota\/$/);
    expect(await page.locator('.qr').getAttribute('aria-label')).toContain(otaUrl);
    await expect.poll(() => page.locator('.devices').innerText()).toContain('No device has connected yet');

    const device = await server.device({ otaUrl: `${new URL(url).origin}/xiaozhi/ota/` });
    const record = await device.say(await question(context, url), { begin: 'click' });
    device.close();
    expect(record.outcome).toBe('answered');
    const turn = page.locator('.turns tbody tr').first();
    await expect.poll(() => turn.innerText(), { timeout: 10_000 }).toContain(record.heard ?? 'nothing was heard');
    const shown = page.locator('.devices li').first();
    await expect.poll(() => shown.innerText(), { timeout: 10_000 }).toMatch(/end of speech.*voice/s);
    expect(await shown.innerText()).toMatch(/to the first sound/);
    // Both the question and the answer can be played.
    const plays = turn.locator('.play button');
    await expect.poll(() => plays.count(), { timeout: 10_000 }).toBe(2);
    for (const side of [1, 0]) {
      const playing = plays.nth(side).evaluate(OFFERS_TO_STOP);
      await plays.nth(side).click();
      await playing;
    }
    expect(await plays.nth(1).innerText()).not.toContain('Stop');
    await expect.poll(() => plays.nth(0).innerText(), { timeout: 10_000 }).not.toContain('Stop');
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('pairs a device by the code that it speaks', async () => {
    const { context, page } = await openPage(browser, { url });
    await signIn(page, password);
    const pair = page.locator('.pairing');
    // Fewer than six digits cannot be submitted, and letters cannot be entered.
    await pair.locator('input').fill('12x3');
    expect(await pair.locator('input').inputValue()).toBe('123');
    expect(await pair.locator('button').isDisabled()).toBe(true);

    const codes: string[] = [];
    const device = new SimulatedDevice({
      otaUrl: server.otaUrl,
      identity: server.identity(),
      clock: systemClock,
      onPairingCode: (code) => codes.push(code),
    });
    const booted = device.boot(AbortSignal.timeout(PAIRED_WITHIN_MS));
    await expect.poll(() => codes.length, { timeout: PAIRED_WITHIN_MS }).toBeGreaterThan(0);
    const code = codes[0] ?? '';
    const wrong = code === '999999' ? '111111' : '999999';
    await pair.locator('input').fill(wrong);
    await pair.locator('button').click();
    await expect.poll(() => pair.locator('.outcome.bad').count()).toBe(1);
    await pair.locator('input').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await pair.locator('button').click();
    await expect.poll(() => pair.innerText()).toContain('is connected to this server now');
    await booted;
    device.close();
    await context.close();
  }, 60_000);

  it('forgets a device only at the second press; another action cancels the question', async () => {
    const { context, page } = await openPage(browser, { url });
    await signIn(page, password);
    const items = page.locator('.devices li', { has: page.locator('summary') });
    await expect.poll(() => items.count()).toBeGreaterThan(0);
    const before = await items.count();
    const last = items.last();
    await last.locator('summary').click();
    const forget = last.locator('button.danger').last();
    const note = last.locator('.outcome');
    await forget.click();
    await expect.poll(() => note.innerText()).toContain('Press again');
    // Another question replaces the first one, so that one more press does not forget the device.
    await last.locator('button.danger').first().click();
    await expect.poll(() => note.innerText()).toContain('needs a code to come back');
    await forget.click();
    await expect.poll(() => note.innerText()).toContain('may return as a new device');
    expect(await items.count()).toBe(before);
    await forget.click();
    await expect.poll(() => items.count(), { timeout: 10_000 }).toBe(before - 1);
    await context.close();
  }, 60_000);

  it('deletes the data of a person only at the second press, and keeps the voice', async () => {
    const store = await openStore({ dataDir: server.dataDir });
    const deviceId = '02:00:00:00:00:77';
    await store.seen({ deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' }, 1);
    const people = ['Mia', 'Tom'] as const;
    for (const name of people) await store.people.keep({ id: name, name, createdMs: 1 });
    await store.memories.keep(people.map((name) => factOf(deviceId, name)));
    await store.history.keepTurns(people.map((person, n) => turnOf(n, { deviceId, person, userText: 'hello' })));
    const kept = async (): Promise<readonly (string | undefined)[]> => [
      ...(await store.people.people()).map(({ name }) => name),
      ...(await store.memories.memories({ deviceId })).map(({ text }) => text),
      ...(await store.history.recentTurns({ limit: 9, deviceId })).map(({ person }) => `turn of ${person}`),
    ];
    const { context, page, complaints } = await openPage(browser, { url });
    await signIn(page, password);
    const mia = page.locator('[data-person="Mia"]');
    const wipe = mia.getByRole('button', { name: 'Delete what is kept' });
    await wipe.click();
    await expect.poll(() => mia.innerText()).toContain('Press again');
    expect(await kept()).toHaveLength(6);
    await wipe.click();
    await expect.poll(() => mia.innerText()).toContain('Deleted. Memories: 1, turns: 1.');
    expect(await kept()).toEqual(['Mia', 'Tom', 'Tom likes tea.', 'turn of Tom']);
    expect(await page.locator('[data-person="Tom"]').innerText()).not.toContain('Deleted');
    expect(complaints).toEqual([]);
    await context.close();
    await store.close();
  }, 60_000);

  it('tests a language model with its latency, then uses it; explains a wrong address', async () => {
    const scope = new Scope('stand-ins', () => undefined);
    const { llmPort } = await startStandIns({
      behaviour: standInOptions.parse({ llm: { firstTokenMs: { mean: 80 }, tokensPerSecond: 400 } }),
      host: STAND_IN.host,
      llmPort: STAND_IN.port,
      ttsPort: 0,
      clock: systemClock,
      scope,
    });
    const { context, page, complaints } = await openPage(browser, { url });
    // The list of choices may arrive late. It must not undo what was chosen meanwhile.
    let choose = (): void => undefined;
    const chosen = new Promise<void>((resolve) => (choose = resolve));
    await page.route('**/api/v1/llm/presets', (route) => chosen.then(() => route.continue()), { times: 1 });
    await signIn(page, password);
    const card = page.locator('.language-model');
    await expect.poll(() => card.innerText()).toContain('offline assistant');
    await card.locator('select').selectOption('custom');
    choose();
    await expect.poll(() => card.locator('option').count()).toBeGreaterThan(2);
    await card.locator('input[type=url]').fill('http://169.254.169.254/v1');
    await card.locator('input[type=password]').fill('sk-planted');
    await card.getByRole('textbox', { name: 'Model', exact: true }).fill('stand-in');
    await card.getByRole('button', { name: 'Try' }).click();
    await expect.poll(() => card.locator('.outcome.bad').count(), { timeout: 10_000 }).toBe(1);

    await card.locator('input[type=url]').fill(`http://${STAND_IN.host}:${llmPort}/v1`);
    await card.getByRole('button', { name: 'Try' }).click();
    await expect
      .poll(() => card.locator('.feedback').innerText(), { timeout: 15_000 })
      .toMatch(/First word after \d+ ms/);
    await card.getByRole('button', { name: 'Use it' }).click();
    // Before the settings are used, a simulated device must get an answer, which takes long if other programs use the
    // processors.
    await expect.poll(() => card.locator('.feedback').innerText(), { timeout: 80_000 }).toMatch(/^Saved/);
    await expect.poll(() => card.locator('p').first().innerText(), { timeout: 10_000 }).toContain('stand-in');
    expect(await page.content()).not.toContain('sk-planted');
    // The browser logs every refusal. There was one, for the first address that was tried.
    expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([]);
    await context.close();
    await scope.close();
  }, 150_000);

  it('plays a voice', async () => {
    const { context, page, complaints } = await openPage(browser, { url });
    await signIn(page, password);
    const card = page.locator('.voice');
    await expect.poll(() => card.locator('option').count()).toBeGreaterThan(1);
    const sound = page.waitForResponse((response) => response.url().endsWith('/api/v1/voices/listen'));
    await card.getByRole('button', { name: 'Listen' }).click();
    expect((await sound).headers()['content-type']).toMatch(/^audio\//);
    await expect.poll(() => card.getByRole('button', { name: 'Listen' }).isEnabled(), { timeout: 15_000 }).toBe(true);
    expect(await card.locator('.outcome').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('explains why there is no microphone, and which address has one', async () => {
    const { context, page } = await openPage(browser, { url: `http://${FOREIGN_NAME}:${server.running.port}/` });
    await signIn(page, password);
    const card = page.locator('.card.talk');
    expect(await card.getAttribute('data-missing')).toBe('secure-context');
    expect(await card.innerText()).toContain(`http://localhost:${server.running.port}/`);
    // All other parts of the page are still there.
    expect(await page.locator('.copyable code').count()).toBe(1);
    await context.close();
  }, 60_000);

  it('shows the state of the server: fetching a model, shutting down, unreachable, and reachable again', async () => {
    const { context, page } = await openPage(browser, { url });
    // If a card's first request fails, the card repeats it. Until it succeeds, nothing can be saved.
    await page.route('**/api/v1/llm/presets', (route) => route.abort(), { times: 1 });
    await signIn(page, password);
    const languageModel = page.locator('.language-model');
    expect(await languageModel.getByRole('button', { name: 'Use it' }).isEnabled()).toBe(false);
    await expect.poll(() => languageModel.locator('option').count(), { timeout: 10_000 }).toBeGreaterThan(2);
    const pill = page.locator('.pill');
    expect(await pill.innerText()).toBe('Ready');
    const overview = '**/api/v1/overview';
    /** Lets the page show the real overview with this change. */
    const show = async (change: (real: Overview) => unknown): Promise<void> => {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.route(overview, async (route) => {
        const real = (await (await route.fetch()).json()) as Overview;
        await route.fulfill({ json: { ...real, ...(change(real) as object) } });
      });
    };
    await show(({ models }) => ({
      ready: false,
      starting: ['recognition'],
      models: [{ ...models[0], id: 'sense-voice-int8', kind: 'asr', state: 'downloading', percent: 42, used: false }],
    }));
    await expect.poll(() => pill.innerText(), { timeout: 10_000 }).toBe('Fetching speech model · 42 %');
    expect(await page.locator('[data-model=sense-voice-int8] progress').getAttribute('value')).toBe('42');
    await show(() => ({ drain: true }));
    await expect.poll(() => pill.innerText(), { timeout: 10_000 }).toBe('Shutting down');
    expect(await page.locator('.banner').innerText()).toContain('no new conversations');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.route(overview, (route) => route.abort());
    await expect.poll(() => page.locator('.banner[role=alert]').count(), { timeout: 10_000 }).toBe(1);
    expect(await pill.innerText()).toBe('No connection');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect.poll(() => pill.innerText(), { timeout: 20_000 }).toBe('Ready');
    expect(await page.locator('.banner').count()).toBe(0);
    await context.close();
  }, 60_000);

  it('uses the language of the browser, and after a click the other one, also the next time', async () => {
    const { context, page } = await openPage(browser, { url, language: 'zh-CN' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await signIn(page, password);
    // Chinese cannot be recognised yet, so the page offers to download a model.
    await expect.poll(() => page.locator('.missing-model button').innerText()).toMatch(/^下载 · 2\d\d MB$/);
    expect(await page.locator('main .card h2').allInnerTexts()).toEqual(
      expect.arrayContaining(['对话', '连接设备', '服务器', '大模型', '音色', '设备', '最近的对话', '问题']),
    );
    await page.locator('[data-language=en]').click();
    await expect.poll(() => page.locator('main .card h2').first().innerText()).toBe('Talk');
    await page.reload();
    await page.locator('.card.server').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('input[name=password]').waitFor();
    expect((await context.request.get(`${new URL(url).origin}/api/v1/overview`)).status()).toBe(401);
    await context.close();
  }, 60_000);

  it.each([
    ['en-US', 'light'],
    ['zh-CN', 'dark'],
  ] as const)(
    'on a phone (390 px, %s, %s) nothing is wider than the screen, and all is accessible',
    async (language, colours) => {
      const { context, page, complaints } = await openPage(browser, { url, language, colours, width: 390 });
      await page.locator('input[name=password]').waitFor();
      expect(await overhang(page)).toBeLessThanOrEqual(0);
      expect(await seriousFindings(page)).toEqual([]);
      await signIn(page, password);
      await expect.poll(() => page.locator('.voice option').count()).toBeGreaterThan(1);
      for (const more of await page.locator('summary').all()) await more.click();
      expect(await overhang(page)).toBeLessThanOrEqual(0);
      // The name of a downloadable model fits on one line next to its button.
      const name = page.locator('[data-model=paraformer-zh-int8] b');
      expect((await name.boundingBox())?.height).toBeLessThan(40);
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
    60_000,
  );

  it('reports a wrong password, and a pause after too many of them', async () => {
    const { context, page } = await openPage(browser, { url });
    const attempt = async (text: string): Promise<string> => {
      await page.locator('input[name=password]').fill(text);
      // Just after a press, the button is still enabled and the earlier message is still visible.
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.locator('form button[type=submit]').click();
      await answered;
      await expect.poll(() => page.locator('form button[type=submit]').isEnabled()).toBe(true);
      return page.locator('.feedback .outcome').innerText();
    };
    expect(await attempt('not the password')).toContain('That is not the password');
    let said = '';
    for (let tries = 0; tries < 12 && !said.includes('Too many tries'); tries++) said = await attempt(`wrong ${tries}`);
    expect(said).toMatch(/Too many tries. Wait (\d+ s|a minute)/);
    expect(await page.locator('.card.server').count()).toBe(0);
    await context.close();
  }, 60_000);
});
