import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noMetrics, Scope, silentLogger, systemClock as clock } from '../../src/core/index.js';
import { createModelStore } from '../../src/engines/index.js';
import { startBareEngine } from '../engine-process.js';

/**
 * Runs the package's Moonshine in a separate process. Texts of known sounds are cached. `program` is the compiled
 * program of the process, by default the one in `dist/`.
 */
export async function withMoonshine<T>(
  run: (recognise: (pcm: Int16Array) => Promise<string>) => Promise<T>,
  program?: string,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-bench-'));
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  const store = await createModelStore({
    clock,
    log: silentLogger,
    metrics: noMetrics,
    scope,
    locale: 'world',
    mirrors: [],
    directory: folder,
  });
  const engine = await startBareEngine(await store.pull('moonshine-tiny-en'), {
    env: { UV_THREADPOOL_SIZE: '1' },
    program,
  });
  const texts = new Map<string, string>();
  try {
    return await run(async (pcm) => {
      const key = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('latin1');
      const text = texts.get(key) ?? (await engine.call<{ readonly text: string }>({ pcm })).text;
      texts.set(key, text);
      return text;
    });
  } finally {
    engine.kill();
    await scope.close();
    await rm(folder, { recursive: true, force: true });
  }
}
