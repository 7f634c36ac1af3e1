import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPILED } from '../compiled.js';

const ROOT = process.cwd();
const EXAMPLES = ['chorus-tool-dice', 'chorus-voice-hum', 'chorus-recognizer-knock', 'chorus-llm-ndjson'];
const run = promisify(execFile);

/** A folder into which Chorus (from its packed tarball) and the examples are installed without a network. */
let app: string;
let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'chorus-packed-'));
  app = join(work, 'app');
  const source = join(work, 'source');
  await mkdir(source);
  const { scripts: _, ...manifest } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as object & {
    scripts: unknown;
  };
  await writeFile(join(source, 'package.json'), JSON.stringify(manifest));
  // Everything but the types comes from the build.
  await cp(COMPILED, join(source, 'dist'), { recursive: true, verbatimSymlinks: true });
  await cp(join(ROOT, 'assets'), join(source, 'assets'), { recursive: true });
  const tsc = join(ROOT, 'node_modules/@typescript/native/bin/tsc');
  await run(process.execPath, [tsc, '-p', 'tsconfig.plugin.json', '--outDir', join(source, 'dist')], { cwd: ROOT });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', work], { cwd: source });
  const modules = join(app, 'node_modules');
  await mkdir(join(modules, 'xiaozhi-chorus'), { recursive: true });
  const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz')) ?? '';
  await run('tar', ['-xzf', join(work, tarball), '--strip-components=1', '-C', join(modules, 'xiaozhi-chorus')]);
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  for (const name of EXAMPLES) await cp(join(ROOT, 'examples', name), join(modules, name), { recursive: true });
}, 120_000);

afterAll(() => rm(work, { recursive: true, force: true }));

describe('Chorus from its tarball, with the plug-ins of examples/', () => {
  it.each(EXAMPLES)('%s passes the contract', { timeout: 120_000 }, async (name) => {
    const { stdout } = await run(process.execPath, ['--test'], { cwd: join(app, 'node_modules', name) }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toMatch(/^# pass [1-9]/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  it('has types for the imports of a plug-in', { timeout: 120_000 }, async () => {
    await writeFile(
      join(app, 'plugin.ts'),
      `import { definePlugin, defineTool, z } from 'xiaozhi-chorus/plugin';
       import { toolContract } from 'xiaozhi-chorus/testing';
       const tool = defineTool({ name: 'a', words: { en: 'A', zh: '甲' }, input: z.object({ sides: z.number() }),
         effects: 'none', run: ({ sides }) => sides.toFixed() });
       // @ts-expect-error: the input has no such field
       defineTool({ ...tool, input: z.object({ a: z.string() }), run: ({ b }) => b });
       toolContract((name: string) => name, { tool, input: { sides: 6 }, answers: /6/ });
       export default definePlugin({ apiVersion: 1, tools: [tool] });`,
    );
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
    const tsc = join(ROOT, 'node_modules/@typescript/native/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, ...flags, '--types', 'node', 'plugin.ts'], { cwd: app }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  });

  it('starts with all of them, and reports a missing one', { timeout: 120_000 }, async () => {
    const settings = {
      plugins: [...EXAMPLES, 'chorus-absent'].join(','),
      'tts.provider': 'hum',
      'tts.hum.pitch_hz': '200',
      'asr.model': 'knock',
      'llm.preset': 'ndjson',
      'server.host': '127.0.0.1',
      'server.port': '0',
      'models.auto_pull': 'false',
      'load.target': 'off',
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const cli = join(app, 'node_modules/xiaozhi-chorus/dist/cli/chorus.js');
    const server: ChildProcess = spawn(process.execPath, [cli, 'serve', '--data', 'data', ...flags], {
      cwd: app,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CHORUS_LANG: 'en' },
    });
    let said = '';
    const ready = new Promise<void>((resolve) => {
      const hear = (text: Buffer): void => {
        said += text.toString();
        if (/127\.0\.0\.1:\d+/.test(said)) resolve();
      };
      server.stdout?.on('data', hear);
      server.stderr?.on('data', hear);
    });
    const exited = once(server, 'exit');
    await Promise.race([ready, exited]);
    const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    expect(said).toContain('plugin.not_found');
    const health = await fetch(`${origin}/healthz`);
    server.kill('SIGTERM');
    await exited;
    expect(health.status).toBe(200);
  });
});
