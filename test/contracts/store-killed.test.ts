import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkStore, openStore, type DatabasePlace } from '../../src/platform/store/index.js';
import { oneFileProgram, type OneFileProgram } from '../fakes/one-file-program.js';
import { PostgresServer, postgresMissing } from '../fakes/postgres-server.js';
import { describeWith } from '../fakes/required.js';

const KILLS = 30;
/** How often PostgreSQL itself is stopped. */
const HALTS = 3;

let dataDir = '';
let program: OneFileProgram;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-killed-'));
  program = await oneFileProgram(new URL('store-writer.ts', import.meta.url));
});
afterAll(async () => {
  await program.remove();
  await rm(dataDir, { recursive: true, force: true });
});

interface Writer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly dead: Promise<NodeJS.Signals | null>;
}

/** Starts a process that will write to the store. It loads its code and then waits. */
function startWriter(place: DatabasePlace, kill: number): Writer {
  const child = spawn(
    process.execPath,
    [program.path, place.dataDir, String(kill * 10_000), ...(place.url === undefined ? [] : [place.url])],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  return { child, dead: new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))) };
}

/**
 * Kills one writing process after another, each a little later in its work. The next one starts meanwhile. Returns the
 * writes that were acknowledged.
 */
async function killWriters(
  place: DatabasePlace,
  afterEach: (kill: number) => Promise<void> = () => Promise.resolve(),
): Promise<ReadonlySet<string>> {
  const acknowledged = new Set<string>();
  let next = startWriter(place, 0);
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, dead } = next;
    if (kill + 1 < KILLS) next = startWriter(place, kill + 1);
    child.stdin.write('write\n');
    let own = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.add(line);
      own += 1;
      // The kill follows in the same tick as the acknowledgement, or during one of the next writes.
      if (own === 1 + (kill % 13)) setTimeout(() => child.kill('SIGKILL'), kill % 6);
    }
    expect(await dead).toBe('SIGKILL');
    expect(own).toBeGreaterThan(0);
    await afterEach(kill);
  }
  return acknowledged;
}

async function expectAll(place: DatabasePlace, acknowledged: ReadonlySet<string>): Promise<void> {
  expect((await checkStore(place)).problems).toEqual([]);
  const store = await openStore(place);
  const devices = (await store.list()).flatMap(({ deviceId, boundAtMs }) =>
    boundAtMs === undefined ? [] : [deviceId],
  );
  const turns = (await store.history.recentTurns({ limit: 100_000 })).map(({ id }) => id);
  const there = new Set([...devices, ...turns]);
  expect([...acknowledged].filter((id) => !there.has(id))).toEqual([]);
  // The turns of one batch are stored either all or not at all.
  expect(turns.length % 5).toBe(0);
  expect([...acknowledged].some((id) => id.includes(':'))).toBe(true);
  expect([...acknowledged].some((id) => !id.includes(':'))).toBe(true);
  await store.close();
}

it(`libsql keeps every acknowledged write after ${KILLS} kills, and is sound`, async () => {
  const place = { dataDir };
  await expectAll(place, await killWriters(place));
}, 120_000);

describeWith(postgresMissing, 'PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  }, 60_000);
  afterAll(() => server.stop());

  it(`keeps every acknowledged write after ${KILLS} kills and ${HALTS} restarts, and delays none`, async () => {
    const place = { dataDir, url: await server.newDatabase() };
    const acknowledged = await killWriters(place, async (kill) => {
      if (kill % (KILLS / HALTS) !== 5) return;
      await server.halt();
      await server.resume();
    });
    await expectAll(place, acknowledged);
  }, 120_000);
});
