import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeBundle, thisTarget } from '../../src/maintenance/offline-package/index.js';
import type { Bundle } from '../../src/maintenance/offline-package/bundle.js';
import { describeWith } from '../fakes/required.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const signal = new AbortController().signal;
/** Nothing listens at this address, so a request to a registry fails at once. */
const NO_REGISTRY = 'http://127.0.0.1:9/';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-bundle-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// These tests need the build output, from which a bundle is made.
describeWith(
  existsSync(join(root, 'dist/cli/chorus.js')) ? undefined : 'no dist/, npm run build makes it',
  'a bundle of this installation',
  () => {
    let bundle: Bundle;
    let unpacked = '';
    let server: ChildProcess | undefined;
    beforeAll(async () => {
      const model = join(folder, 'models/made-up');
      await mkdir(model, { recursive: true });
      await writeFile(join(model, 'model.onnx'), 'weights');
      // The fastest compression is enough, because the size does not matter here.
      bundle = await makeBundle({
        root,
        target: undefined,
        models: [{ id: 'made-up', directory: model }],
        fileOf: (name) => join(folder, `${name}.tar.gz`),
        env: {},
        level: 1,
        signal,
      });
      await run('tar', ['xzf', bundle.file, '-C', folder]);
      unpacked = join(folder, bundle.folder);
    }, 120_000);
    afterAll(async () => {
      server?.kill('SIGKILL');
      if (server && server.exitCode === null && server.signalCode === null) await once(server, 'close');
    });

    it('is complete, with its hash, and contains only files for this platform', async () => {
      expect(
        createHash('sha256')
          .update(await readFile(bundle.file))
          .digest('hex'),
      ).toBe(bundle.sha256);
      expect((await stat(bundle.file)).size).toBe(bundle.bytes);
      expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
      const names = await readdir(join(unpacked, 'node_modules'));
      const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        readonly devDependencies: Readonly<Record<string, string>>;
      };
      for (const name of ['typescript', 'vitest', 'esbuild']) {
        expect(devDependencies).toHaveProperty(name);
        expect(names).not.toContain(name);
      }
      const { platform, arch } = thisTarget();
      expect(await readdir(join(unpacked, 'node_modules/onnxruntime-node/bin/napi-v6'))).toEqual([platform]);
      expect(await readdir(join(unpacked, 'node_modules/onnxruntime-node/bin/napi-v6', platform))).toEqual([arch]);
      const { stdout } = await run('find', [unpacked, '-name', '*.map', '-o', '-type', 'l']);
      expect(stdout).toBe('');
      expect(await readFile(join(unpacked, 'data/models/made-up/model.onnx'), 'utf8')).toBe('weights');
      for (const name of ['start.sh', 'INSTALL.md', 'LICENSE', 'deploy/systemd/chorus.service'])
        await access(join(unpacked, name));
    });

    it('starts in an empty home without a registry, and answers a device', async () => {
      const home = join(folder, 'home');
      await mkdir(home);
      const env = { PATH: process.env['PATH'] ?? '', HOME: home, npm_config_registry: NO_REGISTRY, LANG: 'C.UTF-8' };
      const flags = [
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--set',
        'tts.provider=flite',
        '--set',
        'models.auto_pull=false',
        '--set',
        'log.format=json',
        '--set',
        'load.target=off',
      ];
      const child = spawn('./start.sh', ['serve', ...flags], {
        cwd: unpacked,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = child;
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
      await expect.poll(() => log, { timeout: 60_000 }).toMatch(/"msg":"ready"/);
      const talk = await run(
        './start.sh',
        ['device', '--say', join(root, 'assets/speech/austen-0880.wav'), '--language', 'en-US', '--json'],
        { cwd: unpacked, env },
      );
      const { turns } = JSON.parse(talk.stdout) as {
        readonly turns: readonly { readonly outcome: string; readonly heard: string }[];
      };
      expect(turns).toMatchObject([{ outcome: 'answered', heard: expect.stringMatching(/young man/i) as string }]);
      child.kill('SIGTERM');
      expect((await once(child, 'close'))[0]).toBe(0);
      expect(await readdir(home)).toEqual([]);
      expect(await readdir(join(unpacked, 'data'))).toEqual(expect.arrayContaining(['chorus.db', 'models']));
    }, 120_000);

    it('can be unpacked with its models into another data folder', async () => {
      const data = join(folder, 'elsewhere');
      const { stdout } = await run('./start.sh', ['--version'], {
        cwd: unpacked,
        env: { PATH: process.env['PATH'] ?? '', CHORUS_DATA: data },
      });
      expect(stdout.trim()).toBe(bundle.version);
      expect(await readFile(join(data, 'models/made-up/model.onnx'), 'utf8')).toBe('weights');
    });

    it('names the missing part if Node is too old or missing', async () => {
      const failed = await run('./start.sh', [], {
        cwd: unpacked,
        env: { PATH: process.env['PATH'] ?? '', NODE: '/nowhere/node' },
      }).catch((error: unknown) => error as { code: number; stderr: string });
      expect(failed).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/Node\.js 20\.19 or newer[\s\S]*需要 Node\.js/) as string,
      });
    });
  },
);

it('for another platform reports clearly that no registry is reachable, and leaves no file', async () => {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    npm_config_registry: NO_REGISTRY,
    npm_config_cache: join(folder, 'cache'),
    npm_config_fetch_retries: '0',
  };
  const other = thisTarget().arch === 'arm64' ? 'x64' : 'arm64';
  const made = makeBundle({
    root: await installation(),
    target: { platform: 'linux', arch: other, libc: 'glibc' },
    models: [],
    fileOf: (name) => join(folder, `${name}.tar.gz`),
    env,
    signal,
  });
  await expect(made).rejects.toMatchObject({
    code: 'bundle.packages_missing',
    message: expect.stringContaining(`linux-${other}: `) as string,
  });
  expect((await readdir(folder)).filter((name) => name.includes(other))).toEqual([]);
}, 60_000);

it('a package of an incomplete installation is refused, with the missing part', async () => {
  const here = await installation();
  await rm(join(here, 'dist'), { recursive: true });
  await expect(
    makeBundle({
      root: here,
      target: undefined,
      models: [],
      fileOf: (name) => join(folder, `${name}.tar.gz`),
      env: {},
      signal,
    }),
  ).rejects.toMatchObject({ code: 'bundle.incomplete', details: { file: 'dist' } });
});

/** Makes the smallest installation that can be bundled. One of its required packages exists only in a registry. */
async function installation(): Promise<string> {
  const here = await mkdtemp(join(folder, 'installation-'));
  const packages = {
    '': { name: 'x', version: '1.0.0', dependencies: { zod: '4.6.7' } },
    'node_modules/zod': { version: '4.6.7', resolved: `${NO_REGISTRY}zod/-/zod-4.6.7.tgz`, integrity: 'sha512-AAAA' },
  };
  for (const [name, text] of Object.entries({
    'package.json': JSON.stringify({ name: 'x', version: '1.0.0', dependencies: { zod: '4.6.7' } }),
    'package-lock.json': JSON.stringify({ name: 'x', version: '1.0.0', lockfileVersion: 3, packages }),
  }))
    await writeFile(join(here, name), text);
  for (const name of ['dist', 'assets']) {
    await mkdir(join(here, name));
    await writeFile(join(here, name, 'x.js'), '');
  }
  return here;
}
