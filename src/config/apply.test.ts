import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyConfig, type AppliedServer, type ApplyOutcome } from './apply.js';
import { findBackup } from './backups.js';
import { readFileLayer } from './file-layer.js';
import type { ReloadAnswer } from './reload-answer.js';

const OLD = 'max_concurrent_sessions: 1\n';
const NEW = 'max_concurrent_sessions: 2\n';

describe('applying a configuration', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-apply-'));
    file = join(folder, 'config.yaml');
    await writeFile(file, OLD, { mode: 0o640 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = (): Promise<string> => readFile(file, 'utf8');
  const taken = (): ReloadAnswer => ({ ok: true, file, changed: ['max_concurrent_sessions'], restart: [] });
  const refused = (): ReloadAnswer => ({
    ok: false,
    file,
    failed: { part: 'llm', code: 'llm.bad_key', message: 'no', details: {} },
  });

  /** Applies `NEW` by default. `calls` lists the calls to the server. A reload also has the file's last character. */
  function apply(
    server: Partial<AppliedServer<string>>,
    options: { readonly verify?: boolean; readonly stay?: boolean; readonly text?: string } = {},
  ): { calls: string[]; outcome: Promise<ApplyOutcome<string>> } {
    const calls: string[] = [];
    const spied: AppliedServer<string> = {
      reload: async (trial) => {
        calls.push(`${trial ? 'try' : 'take'} ${(await read()).trim().slice(-1)}`);
        return (server.reload ?? (() => Promise.resolve(taken())))(trial);
      },
      prove: async () => {
        calls.push('prove');
        return server.prove?.();
      },
    };
    return {
      calls,
      outcome: applyConfig({
        text: NEW,
        file,
        backups: { folder: join(folder, 'backups'), keep: 10, wallMs: 0 },
        server: spied,
        verify: true,
        ...options,
      }),
    };
  }

  it('keeps the new file if it passes the test, with the old mode; the old file is backed up', async () => {
    const { calls, outcome } = apply({});
    expect(await outcome).toMatchObject({ type: 'applied', answer: { ok: true }, backup: { id: '19700101_000000' } });
    expect([calls, await read(), (await stat(file)).mode & 0o777]).toEqual([['try 2', 'prove'], NEW, 0o640]);
    expect(await readFile(join(folder, 'backups', 'config.19700101_000000.yaml'), 'utf8')).toBe(OLD);
  });

  it('restores the old file without asking the server again if the server refuses the new file', async () => {
    const { calls, outcome } = apply({ reload: () => Promise.resolve(refused()) });
    expect(await outcome).toMatchObject({
      type: 'gone_back',
      failure: { kind: 'refused', refusal: { failed: { code: 'llm.bad_key' } } },
    });
    expect([calls, await read()]).toEqual([['try 2'], OLD]);
  });

  it.each([
    ['fails the test', () => Promise.resolve('silence'), { kind: 'unproven', reason: 'silence' }],
    ['cannot be tested, or the test is interrupted', () => Promise.reject(new Error('gone')), { kind: 'lost' }],
  ])('restores the old file, and makes the server read it, if the new one %s', async (_what, prove, failure) => {
    const { calls, outcome } = apply({ prove });
    const result = await outcome;
    expect(result).toMatchObject({ type: 'gone_back', failure });
    expect(result).not.toHaveProperty('stuck');
    expect([calls, await read()]).toEqual([['try 2', 'prove', 'take 1'], OLD]);
  });

  it('restores the old file even if the server does not answer, and reports this', async () => {
    const { outcome } = apply({ reload: () => Promise.reject(new Error('no answer')) });
    expect(await outcome).toMatchObject({ type: 'gone_back', failure: { kind: 'lost' }, stuck: { kind: 'lost' } });
    expect(await read()).toBe(OLD);
  });

  it('does not test the file if asked not to, and keeps a rollback even if it does not work', async () => {
    const quick = apply({}, { verify: false });
    expect([await quick.outcome, quick.calls]).toMatchObject([{ type: 'applied' }, ['take 2']]);
    const rollback = apply({ prove: () => Promise.resolve('silence') }, { stay: true });
    expect([await rollback.outcome, rollback.calls, await read()]).toMatchObject([
      { type: 'applied', failure: { kind: 'unproven' } },
      ['take 2', 'prove'],
      NEW,
    ]);
  });

  it('writes a comment if nothing is set, because a running server refuses an empty file', async () => {
    const rollback = apply({}, { text: '', verify: false });
    expect(await rollback.outcome).toMatchObject({ type: 'applied' });
    const written = await read();
    expect(written.trim()).not.toBe('');
    expect(readFileLayer(written, file).mistakes).toEqual([]);
    expect(readFileLayer(written, file).leaves).toEqual([]);
  });

  it('makes a file with a key private, and restores the old mode with the old file', async () => {
    let mode = 0;
    const { outcome } = apply(
      {
        reload: async () => {
          mode = (await stat(file)).mode & 0o777;
          return refused();
        },
      },
      { text: 'llm:\n  api_key: sk-1\n' },
    );
    expect([(await outcome).type, mode, (await stat(file)).mode & 0o777]).toEqual(['gone_back', 0o600, 0o640]);
  });

  it('can undo even the first configuration, because an empty copy stands for the defaults', async () => {
    await rm(file);
    const backups = join(folder, 'backups');
    expect(await apply({}, { stay: true }).outcome).toMatchObject({ type: 'applied', backup: { bytes: 0 } });
    const back = await findBackup(backups, undefined, await read());
    expect(await readFile(back?.file ?? '', 'utf8')).toBe('');
    expect(await apply({}, { stay: true, text: '' }).outcome).toMatchObject({ type: 'applied' });
    expect(await readFile((await findBackup(backups, undefined, ''))?.file ?? '', 'utf8')).toBe(NEW);
  });

  it('removes the file again if there was none before', async () => {
    await rm(file);
    const { outcome } = apply({ reload: () => Promise.resolve(refused()) });
    expect(await outcome).toMatchObject({ type: 'gone_back', backup: undefined });
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
