import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configJsonSchema, loadConfig, writeConfig } from './index.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-config-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeConfig', () => {
  it('keeps comments, order and all other values', async () => {
    await writeFile(
      file,
      '# our kitchen\nserver:\n  # the router forwards this one\n  port: 9000 # do not change\n' +
        '  host: 0.0.0.0\n\nllm: # paid by Ann\n  preset: glm\n',
    );
    await writeConfig({
      file,
      values: new Map<string, unknown>([
        ['server.port', 9001],
        ['llm.api_key', 'k'],
        ['tts.edge.max_concurrent', 2],
        ['auth.allowlist', ['a0:85:e3:f4:49:34']],
      ]),
    });
    expect(await readFile(file, 'utf8')).toBe(
      '# our kitchen\nserver:\n  # the router forwards this one\n  port: 9001 # do not change\n' +
        '  host: 0.0.0.0\n\nllm:\n  # paid by Ann\n  preset: glm\n  api_key: k\ntts:\n  edge:\n' +
        '    max_concurrent: 2\nauth:\n  allowlist:\n    - a0:85:e3:f4:49:34\n',
    );
  });

  it('makes a valid file that only its owner can read', async () => {
    await writeConfig({
      file,
      values: new Map<string, unknown>([
        ['llm.preset', 'glm'],
        ['session.exit_words', ['再见']],
      ]),
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^# Configuration of Chorus/);
    const loaded = await loadConfig({ dataDir: folder, env: {} });
    expect(loaded.ok && loaded.config.session.exit_words).toEqual(['再见']);
  });

  it('fills an empty section, removes keys and keeps the mode', async () => {
    await writeFile(file, 'llm:\nserver: {port: 1, host: h}\n');
    await chmod(file, 0o644);
    await writeConfig({
      file,
      values: new Map<string, unknown>([
        ['llm.preset', 'qwen'],
        ['server.port', undefined],
      ]),
    });
    expect(await readFile(file, 'utf8')).toBe('llm:\n  preset: qwen\nserver: { host: h }\n');
    expect((await stat(file)).mode & 0o777).toBe(0o644);
  });

  it('replaces and removes keys under their old names', async () => {
    const old =
      'prompt: Be brief.\nvad: {preset: child, chunk_size: 512} # our room\nclose_connection_no_voice_time: 60\n';
    const load = async () => loadConfig({ dataDir: folder, env: {} });
    await writeFile(file, old);
    await writeConfig({
      file,
      values: new Map<string, unknown>([
        ['llm.prompt', 'Be kind.'],
        ['vad.patience', undefined],
        ['session.idle_close_ms', 90_000],
      ]),
    });
    const loaded = await load();
    expect(loaded.ok && [loaded.config.llm.prompt, loaded.config.session.idle_close_ms]).toEqual(['Be kind.', 90_000]);
    await writeConfig({ file, values: new Map([['llm.prompt', undefined]]) });
    expect(await readFile(file, 'utf8')).toBe(
      'vad: { chunk_size: 512 } # our room\nllm: {}\nsession:\n  idle_close_ms: 90000\n',
    );
    expect(await load()).toMatchObject({ ok: true });
  });

  it('keeps the other keys of a section that is an alias, and the section that it refers to', async () => {
    await writeFile(
      file,
      'llm: &paid {model: &m glm-4, service: home, api_key: k, fallback: {model: *m}}\nvision: *paid\n',
    );
    await writeConfig({
      file,
      values: new Map([
        ['vision.model', 'glm-4v'],
        ['vision.service', undefined],
      ]),
    });
    expect(await readFile(file, 'utf8')).toBe(
      'llm: &paid { model: &m glm-4, service: home, api_key: k, fallback: { model: *m } }\n' +
        'vision: { model: glm-4v, api_key: k, fallback: { model: *m } }\n',
    );
  });

  it('makes the file private if it contains a secret, but not if it only names a variable for it', async () => {
    const mode = async (): Promise<number> => (await stat(file)).mode & 0o777;
    await writeFile(file, 'llm: {preset: glm}\n', { mode: 0o644 });
    await writeConfig({ file, values: new Map([['llm.api_key', 'env:GLM_KEY']]) });
    expect(await mode()).toBe(0o644);
    await writeConfig({ file, values: new Map([['llm.api_key', 'sk-1']]) });
    expect(await mode()).toBe(0o600);
  });

  it.skipIf(process.getuid?.() !== 0)('keeps the owner of the file when root changes it', async () => {
    await writeFile(file, 'llm: {preset: glm}\n');
    await chown(file, 12_345, 54_321);
    await writeConfig({ file, values: new Map([['llm.api_key', 'sk-1']]) });
    expect(await stat(file)).toMatchObject({ uid: 12_345, gid: 54_321 });
  });

  it('makes backups, and keeps the newest ten', async () => {
    const backups = { folder: join(folder, 'backups'), keep: 10 };
    for (let i = 0; i < 13; i++)
      await writeConfig({
        file,
        values: new Map([['server.port', 8000 + i]]),
        backups: { ...backups, wallMs: Date.UTC(2026, 0, 1, 0, 0, i) },
      });
    const copies = (await readdir(backups.folder)).sort();
    expect(copies).toHaveLength(10);
    expect(await readFile(join(backups.folder, copies.at(-1) ?? ''), 'utf8')).toMatch(/port: 8011/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('leaves a broken file as it is', async () => {
    await writeFile(file, 'a: [1\n');
    await expect(writeConfig({ file, values: new Map([['server.port', 1]]) })).rejects.toMatchObject({
      code: 'config.unreadable',
    });
    expect(await readFile(file, 'utf8')).toBe('a: [1\n');
  });

  it.skipIf(process.platform !== 'linux')('leaves the file unchanged if the disk is full', async () => {
    await writeConfig({ file, values: new Map([['server.port', 8001]]) });
    const before = await readFile(file, 'utf8');
    // The new file has this temporary name before it replaces the old file.
    await symlink('/dev/full', join(folder, `.config.yaml.${process.pid}.tmp`));
    await expect(writeConfig({ file, values: new Map([['server.port', 8002]]) })).rejects.toMatchObject({
      code: 'data.disk_full',
    });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(folder)).toEqual(['config.yaml']);
  });

  it('reports that the folder cannot be written to if it is a file', async () => {
    await writeFile(file, '');
    await expect(
      writeConfig({ file: join(file, 'config.yaml'), values: new Map([['server.port', 1]]) }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/config\.unreadable|data\.not_writable/) });
  });
});

describe('files from the schema', () => {
  it('include a JSON Schema in which every field has a description', () => {
    const missing: string[] = [];
    const visit = (schema: { properties?: Record<string, object>; description?: string }, path: string): void => {
      if (schema.properties)
        for (const [name, member] of Object.entries(schema.properties)) visit(member, `${path}.${name}`);
      else if (!schema.description) missing.push(path);
    };
    visit(configJsonSchema(), '');
    expect(missing).toEqual([]);
  });
});
