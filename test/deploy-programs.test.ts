import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMPILED } from './compiled.js';

// Runs the image's programs in the same way as the image does.
const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

describe('prune-main', () => {
  const files = [
    ...['linux/x64', 'linux/arm64', 'darwin/arm64', 'win32/x64'].map(
      (platform) => `onnxruntime-node/bin/napi-v6/${platform}/onnxruntime_binding.node`,
    ),
    ...['x64-linux', 'arm64-linux', 'x64-win32'].map((platform) => `@evan/opus/node/${platform}.node`),
    ...['x64-gnu', 'x64-musl', 'arm64-gnu', 'arm64-musl'].map((platform) => `@libsql/linux-${platform}/index.node`),
    ...['linux-x64', 'linux-arm64'].map((platform) => `sherpa-onnx-${platform}/sherpa-onnx.node`),
    'sherpa-onnx-node/sherpa-onnx.js',
    '@ricky0123/vad-web/package.json',
    '@ricky0123/vad-web/dist/index.js',
    '@ricky0123/vad-web/dist/silero_vad_v5.onnx',
    '@ricky0123/vad-web/dist/silero_vad_v6.onnx',
    '@echogarden/espeak-ng-emscripten/espeak-ng.js',
    'zod/index.js',
    'zod/index.js.map',
    'zod/index.d.ts',
  ];
  let folder = '';
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function kept(...flags: string[]): Promise<string[]> {
    folder = await mkdtemp(join(tmpdir(), 'chorus-prune-'));
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), file);
    }
    await run(process.execPath, [join(COMPILED, 'maintenance/offline-package/prune-main.js'), folder, ...flags]);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => files.includes(path))
      .sort();
  }
  const common = [
    '@ricky0123/vad-web/dist/silero_vad_v6.onnx',
    '@ricky0123/vad-web/package.json',
    'sherpa-onnx-node/sherpa-onnx.js',
    'zod/index.js',
  ];
  const espeak = '@echogarden/espeak-ng-emscripten/espeak-ng.js';

  it.each(['x64', 'arm64'])('keeps the files for linux %s, and none for other platforms', async (arch) => {
    const binaries = [
      `onnxruntime-node/bin/napi-v6/linux/${arch}/onnxruntime_binding.node`,
      `@evan/opus/node/${arch}-linux.node`,
      `@libsql/linux-${arch}-gnu/index.node`,
      `sherpa-onnx-linux-${arch}/sherpa-onnx.node`,
    ];
    expect(await kept('--platform=linux', `--arch=${arch}`, '--libc=glibc')).toEqual(
      [...common, ...binaries, espeak].sort(),
    );
  });

  it('removes the GPL voice on request', async () =>
    expect(await kept('--platform=linux', '--arch=x64', '--libc=glibc', '--espeak=false')).not.toContain(espeak));

  it('names the packages of this machine', () => {
    const modules = join(root, 'node_modules');
    for (const path of [
      `onnxruntime-node/bin/napi-v6`,
      `@evan/opus/node/x64-linux.node`,
      '@ricky0123/vad-web/dist/silero_vad_v6.onnx',
      '@moonshine-ai/moonshine-js/dist/model/tiny/quantized',
    ])
      expect(existsSync(join(modules, path)), path).toBe(true);
  });
});

describe('healthcheck.mjs', () => {
  let data = '';
  let server: Server;
  let status = 200;
  const asked: string[] = [];
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'chorus-health-'));
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(data, { recursive: true });
  });
  const port = (): number => (server.address() as AddressInfo).port;
  const exitCode = (env: Record<string, string>): Promise<number> =>
    run(process.execPath, [join(root, 'deploy/healthcheck.mjs')], { env: { CHORUS_DATA: data, ...env } }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );

  it('asks the configured port first, and then the port that the server announced', async () => {
    expect(await exitCode({ CHORUS_SERVER__PORT: String(port()) })).toBe(0);
    await writeFile(join(data, 'server.json'), JSON.stringify({ url: `http://127.0.0.1:${port()}/` }));
    expect(await exitCode({ CHORUS_SERVER__PORT: '1' })).toBe(0);
    status = 503;
    expect(await exitCode({})).toBe(1);
    expect(asked).toEqual(['/healthz', '/healthz', '/healthz']);
    await writeFile(join(data, 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:1/' }));
    expect(await exitCode({})).toBe(1);
  });
});
