import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerUnderTest {
  readonly pid: number;
  readonly otaUrl: string;
  readonly baseUrl: string;
  readonly dataDir: string;
  /** Process start to `/readyz` true. */
  readonly readyMs: number;
  /** What it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Where `bench/send-times.mjs` writes what it saw, once the server has ended. */
export interface Watched {
  readonly sendTimesFile: string;
}

/**
 * Starts the built server (`dist/`) as its own process on a free loopback port with an empty data folder, and waits until it
 * is ready. The bench judges it from outside, as a device and an operator would.
 */
export async function startServer(settings: readonly string[] = [], watched?: Watched): Promise<ServerUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'chorus-bench-'));
  const port = await freePort();
  const cli = new URL('../dist/cli/chorus.js', import.meta.url).pathname;
  const set = ['server.host=127.0.0.1', 'log.format=json', 'models.auto_pull=false', 'tts.provider=flite', ...settings].flatMap((setting) => ['--set', setting]);
  const startedAt = performance.now();
  const watch = watched ? ['--import', new URL('send-times.mjs', import.meta.url).href] : [];
  const child = spawn(process.execPath, [...watch, cli, 'serve', '--port', String(port), '--data', dataDir, ...set], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(watched && { CHORUS_BENCH_SEND_TIMES: watched.sendTimesFile }) },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-200_000)));
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-200_000)));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const baseUrl = `http://127.0.0.1:${port}`;
  for (;;) {
    const ready = await fetch(`${baseUrl}/readyz`).then((response) => response.ok, () => false);
    if (ready) break;
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`);
    if (performance.now() - startedAt > 60_000) {
      child.kill('SIGKILL');
      throw new Error(`the server was not ready within 60 s:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: child.pid ?? 0,
    otaUrl: `${baseUrl}/xiaozhi/ota/`,
    baseUrl,
    dataDir,
    readyMs: performance.now() - startedAt,
    output: () => output,
    stop: async () => {
      await stop(child, exited, dataDir);
      for (const line of output.split('\n')) if (/"level":[45]0/.test(line)) console.log(`  server: ${line}`);
    },
  };
}

async function stop(child: ChildProcess, exited: Promise<number | null>, dataDir: string): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await exited;
  clearTimeout(timer);
  rmSync(dataDir, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
