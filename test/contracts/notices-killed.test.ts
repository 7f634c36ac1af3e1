import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/platform/store/index.js';
import { fakeProgram } from '../compiled.js';

const DEVICES = Array.from({ length: 20 }, (_, n) => `02:00:00:00:00:${n.toString(16).padStart(2, '0')}`);
const EACH = 5;

let dataDir = '';
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Runs a server until it prints this line, then kills it. Resolves with the notices that the server spoke. */
async function killedAt(most: number, line: RegExp): Promise<readonly string[]> {
  const child = spawn(process.execPath, [fakeProgram('reminding-server'), dataDir, String(most), ...DEVICES], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const spoken: string[] = [];
  for await (const said of createInterface({ input: child.stdout })) {
    if (said.startsWith('spoken ')) spoken.push(said.slice(7));
    if (line.test(said)) child.kill('SIGKILL');
  }
  return spoken;
}

it('a hundred reminders due in one second are spoken once each, even if the server is killed twice', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-reminders-'));
  const store = await openStore({ dataDir });
  const dueMs = Date.now();
  const ids = DEVICES.flatMap((deviceId) =>
    Array.from({ length: EACH }, (_, n) => ({ deviceId, id: `${deviceId} ${n}` })),
  );
  for (const { deviceId, id } of ids)
    await store.notices.add(
      {
        id,
        deviceId,
        kind: 'reminder',
        text: 'tea',
        dueMs,
        expiresMs: undefined,
        repeats: undefined,
        timeZone: 'UTC',
        lengthMs: undefined,
        urgent: false,
        createdMs: dueMs,
        recordingId: undefined,
      },
      { notices: 200, recordings: 20 },
    );
  await store.close();
  const spoken = [
    // The server is killed when it has claimed all notices and spoken none.
    ...(await killedAt(0, /^claimed /)),
    ...(await killedAt(40, /^noted 40$/)),
    ...(await killedAt(1000, /^noted 60$/)),
  ];
  expect(spoken.toSorted()).toEqual(ids.map(({ id }) => id).toSorted());
  const after = await openStore({ dataDir });
  for (const deviceId of DEVICES) expect(await after.notices.of(deviceId)).toEqual([]);
  await after.close();
});
