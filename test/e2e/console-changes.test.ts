import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/platform/store/index.js';
import { factOf } from '../fakes/filled-store.js';
import { describeWith } from '../fakes/required.js';
import { NO_CHROMIUM, openPage, signIn, startPage } from './browser.js';
import type { ServerUnderTest } from './server.js';

describeWith(NO_CHROMIUM, 'changes on the page', () => {
  let server: ServerUnderTest;
  let browser: Browser;
  let url = '';
  let password = '';

  beforeAll(async () => {
    ({ server, browser, url, password } = await startPage());
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('signs in and out in two tabs, and stays signed in if the server does not hear of a sign-out', async () => {
    const { context, page } = await openPage(browser, { url });
    await signIn(page, password);
    const other = await context.newPage();
    await other.goto(url);
    await other.locator('.card.server').waitFor();
    // As after a restart of the server, both tabs must sign in again. Each then has the secret of another session.
    await context.clearCookies();
    for (const tab of [page, other]) await tab.locator('input[name=password]').waitFor();
    for (const tab of [page, other]) await signIn(tab, password);
    const signOut = page.getByRole('button', { name: 'Sign out' });
    const session = '**/api/v1/session';
    await page.route(session, (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
    await signOut.click();
    await expect.poll(() => page.locator('main > .feedback').innerText()).toContain('does not answer');
    expect(await page.locator('.card.server').count()).toBe(1);
    await page.unroute(session);
    await signOut.click();
    await page.locator('input[name=password]').waitFor();
    expect((await context.request.get(`${url}api/v1/overview`)).status()).toBe(401);
    await context.close();
  }, 60_000);

  it('asks again before it forgets all memories of another choice', async () => {
    const store = await openStore({ dataDir: server.dataDir });
    const deviceId = '02:00:00:00:00:77';
    await store.seen({ deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' }, 1);
    await store.memories.keep(['Mia', 'Tom'].map((name) => factOf(deviceId, name)));
    const kept = async (): Promise<number> => (await store.memories.memories({ deviceId })).length;
    const { context, page } = await openPage(browser, { url });
    await signIn(page, password);
    const card = page.locator('.card.memory');
    const person = card.getByLabel('Person');
    const forget = card.getByRole('button', { name: 'Forget all' });
    const note = card.locator('.outcome');
    await person.selectOption('Mia');
    await forget.click();
    await expect.poll(() => note.innerText()).toContain('Press again');
    await person.selectOption('');
    await expect.poll(() => note.count()).toBe(0);
    await forget.click();
    await expect.poll(() => note.innerText()).toContain('Press again');
    expect(await kept()).toBe(2);
    await person.selectOption('Mia');
    await forget.click();
    await forget.click();
    await expect.poll(() => note.innerText()).toContain('1 was forgotten');
    expect(await kept()).toBe(1);
    await context.close();
    await store.close();
  }, 60_000);

  it('adds no agent under the short name of another', async () => {
    const store = await openStore({ dataDir: server.dataDir });
    const { context, page } = await openPage(browser, { url });
    await signIn(page, password);
    const card = page.locator('.card.agents');
    await card.getByText('New agent').click();
    const form = card.locator('form').last();
    const name = form.getByTitle('what people call it');
    const add = async (title: string): Promise<void> => {
      await form.getByLabel('Short name').fill('granny');
      await name.fill(title);
      await form.getByRole('button', { name: 'Save' }).click();
    };
    const outcome = form.locator('.outcome');
    await add('Granny');
    await expect.poll(() => outcome.innerText()).toContain('Saved');
    await add('Grandpa');
    await expect.poll(() => outcome.innerText()).toContain('There is an agent "granny" already');
    expect(await name.inputValue()).toBe('Grandpa');
    expect((await store.agents.agents()).map((agent) => agent.name)).toEqual(['Granny']);
    await context.close();
    await store.close();
  }, 60_000);
});
