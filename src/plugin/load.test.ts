import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import { silentLogger, systemClock, type Logger } from '../core/index.js';
import { ProviderRegistry } from '../providers/index.js';
import { catchEscapedErrors } from './escaped-errors.js';
import { loadPlugins, type Plugins } from './load.js';

let folder: string;
const tool = (name: string, run = `() => 'seven'`): string =>
  `{ name: '${name}', words: { en: 'A tool', zh: '工具' }, input: z.object({}), effects: 'none', run: ${run} }`;
const voice = (id: string): string => `{
  kind: 'voice', id: '${id}', name: { en: 'A', zh: '甲' }, about: { en: 'A', zh: '甲' }, local: true, automatic: true,
  languages: ['en'], settings: z.strictObject({}), create: () => ({}) }`;

async function install(name: string, body: string, manifest: Record<string, unknown> = {}): Promise<void> {
  const at = join(folder, 'node_modules', name);
  await mkdir(at, { recursive: true });
  const zod = pathToFileURL(join(process.cwd(), 'node_modules/zod/index.js')).href;
  await writeFile(
    join(at, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './main.js', ...manifest }),
  );
  await writeFile(join(at, 'main.js'), `import { z } from '${zod}';\n${body}`);
}

const plugin = (parts: string): string => `export default { apiVersion: 1, ${parts} };`;

async function load(...names: string[]): Promise<Plugins & { readonly registry: ProviderRegistry }> {
  const registry = new ProviderRegistry([]);
  return { ...(await loadPlugins(names, { folders: [folder], registry, clock: systemClock })), registry };
}

const codes = ({ failures }: Plugins): readonly string[] => failures.map(({ code }) => code);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-plugins-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a plug-in', () => {
  it('is loaded with its tools and providers, none of them local or chosen automatically', async () => {
    await install('good', plugin(`tools: [${tool('brew_coffee')}], providers: [${voice('acme')}]`));
    const { loaded, failures, registry } = await load('good', 'good');
    expect(failures).toEqual([]);
    expect(loaded.map(({ name, tools }) => [name, tools.map((one) => one.name)])).toEqual([['good', ['brew_coffee']]]);
    expect(registry.voice('acme')).toMatchObject({ local: false, automatic: false });
  });

  it('may be exported by conditions of its package, or by main', async () => {
    const body = plugin('tools: []');
    await install('conditions', body, {
      exports: { '.': { types: './x.d.ts', require: './x.cjs', import: './main.js' } },
    });
    await install('old', body, { exports: undefined, main: 'main.js' });
    await install('@scope/named', body);
    expect((await load('conditions', 'old', '@scope/named')).loaded).toHaveLength(3);
  });

  it.each([
    ['plugin.not_found', 'absent', undefined],
    ['plugin.load_failed', 'throwing', `throw new Error('no licence');`],
    ['plugin.load_failed', 'broken', 'export default {'],
    ['plugin.invalid', 'empty', ''],
    ['plugin.invalid', 'wordless', plugin(`tools: [{ name: 'x' }]`)],
    ['plugin.invalid', 'shouting', plugin(`tools: [${tool('BREW')}]`)],
    ['plugin.invalid', 'kindless', plugin(`providers: [{ kind: 'film', id: 'x' }]`)],
    ['plugin.wrong_version', 'newer', 'export default { apiVersion: 2 };'],
    ['plugin.wrong_version', 'unversioned', 'export default {};'],
    ['plugin.id_taken', 'clock', plugin(`tools: [${tool('get_time')}]`)],
    ['plugin.id_taken', 'twins', plugin(`providers: [${voice('a')}, ${voice('a')}]`)],
  ])('%s: %s is left out, and the others are loaded', async (code, name, body) => {
    if (body !== undefined) await install(name, body);
    await install('good', plugin(`tools: [${tool('brew_coffee')}], providers: [${voice('acme')}]`));
    const result = await load(name, 'good');
    expect(codes(result)).toEqual([code]);
    expect(result.failures[0]?.details['plugin']).toBe(name);
    expect(result.loaded.map((one) => one.name)).toEqual(['good']);
  });

  it('is left out completely if it uses a name of another plug-in', async () => {
    await install('first', plugin(`tools: [${tool('one')}], providers: [${voice('one')}]`));
    await install('second', plugin(`tools: [${tool('one')}], providers: [${voice('two')}]`));
    await install('third', plugin(`tools: [${tool('three')}], providers: [${voice('two')}, ${voice('one')}]`));
    const result = await load('first', 'second', 'third');
    expect(codes(result)).toEqual(['plugin.id_taken', 'plugin.id_taken']);
    expect(result.registry.voices.map(({ id }) => id)).toEqual(['one']);
  });

  it('is abandoned if its loading never ends', async () => {
    await install('endless', `await new Promise(() => undefined);`);
    const clock = new FakeClock();
    const loading = loadPlugins(['endless'], { folders: [folder], registry: new ProviderRegistry([]), clock });
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10_000);
    expect(codes(await loading)).toEqual(['plugin.load_failed']);
  });
});

describe('an error that a plug-in throws outside of any request', () => {
  it('is reported a few times, unlike any other error', async () => {
    await install('late', `${plugin('tools: []')}\nexport const fail = () => new Error('late');`);
    const { loaded } = await load('late');
    const lines: unknown[] = [];
    const log: Logger = { ...silentLogger, error: (_message, fields) => lines.push(fields) };
    const before = process.listeners('uncaughtException');
    const stop = catchEscapedErrors(loaded, log);
    const [handler] = process.listeners('uncaughtException').filter((one) => !before.includes(one));
    const { fail } = (await import(pathToFileURL(join(loaded[0]!.folder, 'main.js')).href)) as { fail: () => Error };
    for (let i = 0; i < 100; i++) handler?.(fail(), 'uncaughtException');
    await settle();
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatchObject({ code: 'plugin.failed', plugin: 'late' });
    stop();
    expect(process.listeners('uncaughtException')).toEqual(before);
  });
});
