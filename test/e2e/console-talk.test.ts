import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { standInOptions, startStandIns } from '../../src/measure/bench/index.js';
import { Scope, systemClock } from '../../src/core/index.js';
import { wordErrorRate } from '../../src/measure/fleet/index.js';
import { writeWav } from '../../src/audio/index.js';
import { clip, concat, silence } from '../fixtures/speech.js';
import { describeWith } from '../fakes/required.js';
import { NO_CHROMIUM, openPage, signIn, startBrowser } from './browser.js';
import { ServerUnderTest } from './server.js';
import { SAID } from './transcripts.js';

/** How long the microphone is silent before the words. The page connects meanwhile. */
const LEAD_IN_MS = 2000;
const CLIP = 'austen-0880';
const ANSWER_WITHIN_MS = 30_000;

/**
 * Changes the mode and presses the button within one frame, as may happen on a busy machine. The change of mode must
 * not end the new conversation.
 */
const HOLD_AT_ONCE = `(async () => {
  document.querySelector('.card.talk input[value=hold]').click();
  await Promise.resolve();
  const button = document.querySelector('.card.talk .talk-button');
  button.focus();
  button.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true }));
})()`;

/** The counters that the page's card exposes to tests. */
async function figures(
  card: Locator,
): Promise<{ readonly phase: string; readonly playedMs: number; readonly gaps: number; readonly lostMs: number }> {
  const of = async (name: string): Promise<string> => (await card.getAttribute(`data-${name}`)) ?? '';
  return {
    phase: await of('phase'),
    playedMs: Number(await of('played-ms')),
    gaps: Number(await of('gaps')),
    lostMs: Number(await of('lost-ms')),
  };
}

describeWith(NO_CHROMIUM, 'talking in the browser', () => {
  let server: ServerUnderTest;
  let browser: Browser;
  let folder = '';
  const scope = new Scope('stand-ins', () => undefined);

  beforeAll(async () => {
    // The answers last 3 s, just long enough to interrupt them.
    const behaviour = standInOptions.parse({
      llm: { firstTokenMs: { mean: 80 }, tokensPerSecond: 400, replySeconds: { mean: 3, spread: 0 } },
    });
    const { llmPort } = await startStandIns({
      behaviour,
      host: '127.0.0.1',
      llmPort: 0,
      ttsPort: 0,
      clock: systemClock,
      scope,
    });
    folder = await mkdtemp(join(tmpdir(), 'chorus-microphone-'));
    const microphone = join(folder, 'microphone.wav');
    await writeFile(
      microphone,
      writeWav({ pcm: concat(silence(LEAD_IN_MS), clip(CLIP), silence(60_000)), rateHz: 16_000 }),
    );
    server = await ServerUnderTest.start({
      'log.transcripts': 'true',
      'llm.base_url': `http://127.0.0.1:${llmPort}/v1`,
      'llm.model': 'stand-in',
    });
    browser = await startBrowser({ microphone });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await scope.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function signedIn(): Promise<{
    readonly page: Page;
    readonly card: Locator;
    readonly complaints: string[];
    readonly close: () => Promise<void>;
  }> {
    const { context, page, complaints } = await openPage(browser, { url: `http://127.0.0.1:${server.running.port}/` });
    await signIn(page, server.running.newPassword ?? '');
    return { page, card: page.locator('.card.talk'), complaints, close: () => context.close() };
  }

  async function expectHeard(card: Locator): Promise<void> {
    await expect.poll(() => card.locator('.line.you').count(), { timeout: ANSWER_WITHIN_MS }).toBe(1);
    const heard = (await card.locator('.line.you').innerText()).replace(/^You:\s*/, '');
    const { errors, words } = wordErrorRate(SAID[CLIP], heard);
    expect(errors / words, `it was heard as: ${heard}`).toBeLessThanOrEqual(0.15);
  }

  it('hands-free, one click after sign-in: recognises the words, shows and plays the answer gaplessly', async () => {
    const { card, complaints, close } = await signedIn();
    await card.locator('.talk-button').click();
    await expect.poll(async () => (await figures(card)).phase, { timeout: 15_000 }).toBe('listening');
    await expectHeard(card);
    await card.locator('.line.chorus').waitFor({ timeout: ANSWER_WITHIN_MS });
    // The page listens again, so the answer was played to its end.
    await expect.poll(async () => (await figures(card)).phase, { timeout: ANSWER_WITHIN_MS }).toBe('listening');
    const said = (await card.locator('.line.chorus').innerText()).replace(/^Chorus:\s*/, '');
    expect(said).toMatch(/\w+ \w+/);
    const played = await figures(card);
    // The audio must be at least as long as the text read at 25 characters a second, which nobody exceeds.
    expect(played.playedMs).toBeGreaterThan((said.length * 1000) / 25);
    expect(played.lostMs).toBe(0);
    // If the processors are busy, the voices and the browser get too little CPU time, which is nobody's fault.
    const starved = (loadavg()[0] ?? 0) > 2 * availableParallelism();
    if (!starved) expect(played.gaps).toBe(0);
    expect(await card.innerText()).toContain(played.gaps === 0 ? 'Played without a gap' : 'in the sound');
    await card.getByRole('button', { name: 'End', exact: true }).click();
    await expect.poll(async () => (await figures(card)).phase).toBe('off');
    await expect.poll(() => server.running.status().connections).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('push to talk: recognises speech while the button is held; the button interrupts the answer', async () => {
    const { page, card, close } = await signedIn();
    await page.evaluate(HOLD_AT_ONCE);
    await expect.poll(async () => (await figures(card)).phase, { timeout: 15_000 }).toBe('listening');
    // The microphone started when the button was pressed. The clip ends after its silent beginning and the words.
    await page.waitForTimeout(LEAD_IN_MS + 3300);
    await page.keyboard.up(' ');
    await expectHeard(card);
    await expect.poll(async () => (await figures(card)).playedMs, { timeout: ANSWER_WITHIN_MS }).toBeGreaterThan(0);
    await card.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(async () => (await figures(card)).phase).toBe('ready');
    const stopped = await figures(card);
    await page.waitForTimeout(500);
    expect((await figures(card)).playedMs - stopped.playedMs).toBeLessThan(300);
    // The space bar must act as the button even if no element has the focus.
    await page.evaluate('document.activeElement?.blur()');
    await page.keyboard.down(' ');
    await expect.poll(async () => (await figures(card)).phase).toBe('listening');
    await page.keyboard.up(' ');
    await expect.poll(async () => (await figures(card)).phase).not.toBe('listening');
    await close();
  }, 90_000);
});
