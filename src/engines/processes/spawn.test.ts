import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { spawnChild } from './spawn.js';

const file = fileURLToPath(new URL('../../../test/fakes/environment-child.mjs', import.meta.url));

interface ChildReport {
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
}

async function childReport(env: Readonly<Record<string, string>> = {}): Promise<ChildReport> {
  const child = spawnChild({
    name: 'odd',
    entry: { file, execArgv: [] },
    env,
    niceness: 10,
    niceCommand: process.platform === 'win32' ? undefined : 'nice',
  });
  const exited = once(child, 'exit');
  const [message] = (await once(child, 'message')) as [ChildReport];
  await exited;
  return message;
}

async function environment(env?: Readonly<Record<string, string>>): Promise<ChildReport['env']> {
  return (await childReport(env)).env;
}

describe('a child', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('limits the memory that its allocator keeps, unless the environment of the server sets the limits', async () => {
    for (const key of ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'])
      vi.stubEnv(key, undefined);
    expect(await environment()).toMatchObject({
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '262144',
      MALLOC_TRIM_THRESHOLD_: '1048576',
    });
    vi.stubEnv('MALLOC_ARENA_MAX', '4');
    expect(await environment()).toMatchObject({ MALLOC_ARENA_MAX: '4', MALLOC_MMAP_THRESHOLD_: '262144' });
    expect(await environment({ MALLOC_ARENA_MAX: '1' })).toMatchObject({ MALLOC_ARENA_MAX: '1' });
  });

  it("limits V8's space for new objects", async () => {
    expect((await childReport()).execArgv).toEqual(['--max-semi-space-size=2']);
  });

  it('gets the given variables, and no API keys', async () => {
    vi.stubEnv('ZHIPUAI_API_KEY', 'secret');
    vi.stubEnv('CHORUS_SERVER__PORT', '8000');
    const given = await environment({ UV_THREADPOOL_SIZE: '2' });
    expect(given).toMatchObject({ UV_THREADPOOL_SIZE: '2' });
    expect(Object.keys(given).filter((key) => /^CHORUS_|_API_KEY$/.test(key))).toEqual([]);
  });
});
