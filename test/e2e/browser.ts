import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ServerUnderTest } from './server.js';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a browser that is installed here. Tests download none. */
export const CHROMIUM = CANDIDATES.find((path) => existsSync(path));

/** Why tests with a browser cannot run here, or `undefined` if they can. */
export const NO_CHROMIUM = CHROMIUM === undefined ? 'no Chromium on this machine' : undefined;

/** A name for this machine that browsers do not regard as local, so pages under this name get no microphone. */
export const FOREIGN_NAME = 'voice.example';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${FOREIGN_NAME} 127.0.0.1`,
];

export interface BrowserOptions {
  /** A WAV file that a fake microphone plays once, without asking for permission. */
  readonly microphone?: string;
}

/** Starts Chromium with its own profile and without its usual background requests. */
export async function startBrowser({ microphone }: BrowserOptions = {}): Promise<Browser> {
  const fake =
    microphone === undefined
      ? []
      : [
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          `--use-file-for-fake-audio-capture=${microphone}%noloop`,
        ];
  return chromium.launch({ ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }), args: [...QUIET, ...fake] });
}

export interface PageOptions {
  readonly url: string;
  readonly language?: 'en-US' | 'zh-CN';
  readonly width?: number;
  readonly colours?: 'light' | 'dark';
}

/** Opens a tab without cookies. Collects the browser's error messages, of which a working page causes none. */
export async function openPage(
  browser: Browser,
  { url, language = 'en-US', width = 1280, colours = 'light' }: PageOptions,
): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({
    locale: language,
    colorScheme: colours,
    viewport: { width, height: 860 },
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy'))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(url);
  return { context, page, complaints };
}

export async function signIn(page: Page, password: string): Promise<void> {
  await page.locator('input[name=password]').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.locator('.card.server').waitFor();
}

/** By how many pixels the page is wider than the screen. */
export async function overhang(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}

export interface PageUnderTest {
  readonly server: ServerUnderTest;
  readonly browser: Browser;
  /** Address of the page. */
  readonly url: string;
  readonly password: string;
}

/** Starts a server with a new password, and a browser. */
export async function startPage(settings?: Readonly<Record<string, string>>): Promise<PageUnderTest> {
  const server = await ServerUnderTest.start(settings);
  const { port, newPassword = '' } = server.running;
  return { server, browser: await startBrowser(), url: `http://127.0.0.1:${port}/`, password: newPassword };
}
