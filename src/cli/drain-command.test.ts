import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { systemClock } from '../core/index.js';
import { ensureLocalToken } from '../server/index.js';
import { claimDataFolder } from '../store/index.js';
import type { CliContext } from './context.js';
import { runDrain } from './drain-command.js';
import { EXIT } from './exit-code.js';
import { MESSAGES } from './messages/index.js';

it('who stops waiting for the drain has interrupted the command; the server has not refused anything', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'chorus-drain-'));
  const interrupt = new AbortController();
  // A server that drains for long: it answers, and is still there.
  const http = createServer((_request, response) => {
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ draining: true, withinMs: 60_000, exitCode: 0 }), () => interrupt.abort());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const claim = await claimDataFolder(dataDir);
  try {
    await ensureLocalToken(dataDir);
    await claim.announce({ pid: process.pid, port, url: `http://127.0.0.1:${port}/`, startedAt: '2026-11-25T00:00:00.000Z' });
    const context: CliContext = { language: 'en', words: MESSAGES.en, env: {}, clock: systemClock, out: () => undefined, err: () => undefined, terminal: false, colours: picocolors.createColors(false), interrupted: interrupt.signal };
    expect(await runDrain({ data: dataDir }, context)).toBe(EXIT.interrupted);
  } finally {
    await claim.release();
    http.close();
    http.closeAllConnections();
    await rm(dataDir, { recursive: true, force: true });
  }
});
