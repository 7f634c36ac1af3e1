import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scope, silentLogger } from '../core/index.js';
import { LiveConfig } from './live-config.js';
import { loadConfig } from './loader.js';
import { composeReload, type Reload } from './reload.js';

describe('a reload', () => {
  let folder = '';
  let file = '';
  let live: LiveConfig;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chorus-reload-'));
    file = join(folder, 'config.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function started(): Promise<Reload> {
    const load = () => loadConfig({ dataDir: folder, env: {}, flags: [] });
    const loaded = await load();
    if (!loaded.ok) throw new Error('the configuration is not valid');
    live = new LiveConfig(loaded.config);
    return composeReload({ file, load }, live, silentLogger, new Scope('test', () => undefined));
  }

  it('treats a file that became empty or disappeared as a mistake', async () => {
    writeFileSync(file, 'session: {greeting: false}\n');
    const running = await started();
    for (const lose of [() => writeFileSync(file, ' \n'), () => rmSync(file)]) {
      lose();
      expect(await running.reload(false)).toMatchObject({
        ok: false,
        mistakes: [{ en: expect.stringContaining('empty or gone') }],
      });
      expect(live.current.session.greeting).toBe(false);
      writeFileSync(file, 'session: {greeting: false}\n');
    }
    writeFileSync(file, 'session: {greeting: true}\n');
    expect(await running.reload(false)).toMatchObject({ ok: true, changed: ['session.greeting'] });
  });

  it('accepts a missing file if there never was one', async () => {
    const running = await started();
    expect(await running.reload(false)).toMatchObject({ ok: true, changed: [] });
    writeFileSync(file, 'session: {greeting: false}\n');
    expect(await running.reload(false)).toMatchObject({ ok: true });
    rmSync(file);
    expect(await running.reload(false)).toMatchObject({ ok: false });
  });
});
