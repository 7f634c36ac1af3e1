import picocolors from 'picocolors';
import { beforeEach, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { loadConfig, parseSetFlag, type LoadedConfig } from '../../config/index.js';
import { ChorusError } from '../../core/index.js';
import type { CliContext } from '../context.js';
import { MESSAGES } from '../words/index.js';
import { setupWords } from '../words/setup.js';
import { askAll, type SetupAnswers } from './setup.js';
import { tryLlm } from './setup-trials.js';

/** What a person types at the next question that matches. All other questions are answered with Enter. */
let typed: [message: RegExp, answer: unknown][];
const asked: string[] = [];
/** Whether the library was told to show its English instructions. */
const instructions = new Set<boolean | undefined>();
const said: string[] = [];

vi.mock('@clack/prompts', () => {
  const ask = ({
    message,
    initialValue,
  }: {
    readonly message: string;
    readonly initialValue?: unknown;
  }): Promise<unknown> => {
    asked.push(message);
    const at = typed.findIndex(([pattern]) => pattern.test(message));
    return Promise.resolve(at < 0 ? initialValue : typed.splice(at, 1)[0]![1]);
  };
  const say = (text: string): void => void said.push(text);
  const log = { info: say, warn: say, success: say };
  const spinner = () => ({ start: () => undefined, stop: () => undefined });
  const select = (question: Parameters<typeof ask>[0] & { readonly showInstructions?: boolean }): Promise<unknown> => {
    instructions.add(question.showInstructions);
    return ask(question);
  };
  return { select, text: ask, password: ask, log, spinner, isCancel: () => false };
});
vi.mock('./setup-trials.js', () => {
  const works = (value: unknown) => Promise.resolve({ ok: true, value });
  return {
    tryLlm: vi.fn(() => works({ firstMs: 1, totalMs: 2, text: 'Hello.' })),
    openVoices: () =>
      Promise.resolve({
        trial: () => works({ id: 'edge', firstMs: 1, totalMs: 2, before: [] }),
        close: () => Promise.resolve(),
      }),
    tryPort: () => works(1),
  };
});

const context: CliContext = {
  language: 'en',
  words: MESSAGES.en,
  env: {},
  clock: new FakeClock(),
  terminal: true,
  colours: picocolors.createColors(false),
  interrupted: new AbortController().signal,
  out: () => undefined,
  err: () => undefined,
};

async function answers(
  settings: Readonly<Record<string, unknown>>,
  running?: { readonly url: string },
  of: CliContext = context,
): Promise<SetupAnswers> {
  const flags = Object.entries(settings).map(([key, value]) => parseSetFlag(`${key}=${String(value)}`));
  const loaded = (await loadConfig({ dataDir: '/nowhere', env: {}, flags })) as LoadedConfig;
  expect(loaded.ok, JSON.stringify(loaded)).toBe(true);
  return askAll(loaded, running, '/nowhere', of);
}

const OWN = { 'llm.base_url': 'http://127.0.0.1:1234/v1', 'llm.model': 'toy', 'llm.api_key': 'good-key' };

beforeEach(() => {
  typed = [];
  asked.length = 0;
  said.length = 0;
  instructions.clear();
});

it('names the size of the Chinese download, how long it takes, and the command that starts it now', async () => {
  await answers({ 'session.language': 'zh-CN' });
  expect(said.join('\n')).toMatch(
    /240 MB, which is not here yet\. The server downloads it when it starts, .* about 2 minutes at 20 Mbit\/s/,
  );
  expect(said.join('\n')).toContain('npx chorus models pull sense-voice-int8');
  said.length = 0;
  await answers({ 'session.language': 'auto' });
  expect(said.join('\n')).toContain('when the first Chinese device connects');
  said.length = 0;
  await answers({ 'session.language': 'en-US' });
  expect(said.join('\n')).not.toContain('240 MB');
});

it('names the command as it works in this installation', async () => {
  await answers({ 'session.language': 'zh-CN' }, undefined, { ...context, command: 'npx xiaozhi-chorus' });
  expect(said.join('\n')).toContain('npx xiaozhi-chorus models pull sense-voice-int8');
});

it('does not show the library’s English instructions for the keys', async () => {
  await answers({});
  expect([...instructions]).toEqual([false]);
});

it('keeps the configured values for a person who only presses Enter', async () => {
  const { values, llm, tts } = await answers({
    ...OWN,
    'session.language': 'zh-CN',
    'tts.provider': 'edge',
    'auth.pairing': 'code',
    'server.port': 8200,
  });
  expect(Object.fromEntries(values)).toEqual({
    'session.language': 'zh-CN',
    'tts.provider': 'edge',
    'auth.pairing': 'code',
    'server.port': 8200,
  });
  expect([llm.base_url, llm.api_key, tts.provider]).toEqual([OWN['llm.base_url'], 'good-key', 'edge']);
});

it('keeps the port of the running server even if it was set only by a flag', async () => {
  const { values } = await answers({}, { url: 'http://127.0.0.1:8300/' });
  expect(values.get('server.port')).toBe(8300);
});

it('keeps a stricter pairing mode although setup does not offer it', async () => {
  const { values } = await answers({ 'auth.pairing': 'allowlist', 'auth.allowlist': '02:00:00:00:00:01' });
  expect(values.get('auth.pairing')).toBe('allowlist');
});

it('offers the typed address and model again after a wrong key', async () => {
  vi.mocked(tryLlm).mockResolvedValueOnce({ ok: false, error: new ChorusError('llm.bad_key', 'no') });
  const w = setupWords.en;
  const is = (text: string): RegExp => new RegExp(`^${text.replaceAll(/[?()]/g, '.')}$`);
  typed = [
    [is(w.llm), 'custom'],
    [is(w.baseUrl), 'http://127.0.0.1:9/v1'],
    [is(w.llmModel), 'big'],
    [/^API key/, 'wrong'],
    [is(w.again), 'again'],
    // In the second round, the person presses Enter three times first.
    [/^API key/, 'right'],
  ];
  const { values } = await answers({});
  expect(Object.fromEntries(values)).toMatchObject({
    'llm.base_url': 'http://127.0.0.1:9/v1',
    'llm.model': 'big',
    'llm.api_key': 'right',
  });
  expect(asked.filter((message) => message === w.baseUrl)).toHaveLength(2);
});

it('removes the key of a service that is given up', async () => {
  typed = [[/language model answers/, 'none']];
  const { values } = await answers(OWN);
  expect([...values].filter(([key]) => key.startsWith('llm.'))).toEqual([
    ['llm.preset', 'none'],
    ['llm.base_url', undefined],
    ['llm.model', undefined],
    ['llm.api_key', undefined],
  ]);
});
