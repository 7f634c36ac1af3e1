// Claims a data folder as a server does, and prints when it has; folder-claim.test.ts kills it.
import { claimDataFolder, ensureDataFolder } from '../../src/platform/store/index.js';

const dataDir = process.argv[2] ?? '';
await ensureDataFolder(dataDir);
const claim = await claimDataFolder(dataDir);
await claim.announce({
  pid: process.pid,
  port: 8123,
  url: 'http://127.0.0.1:8123/',
  startedAt: new Date(0).toISOString(),
});
process.stdout.write('claimed\n');
setInterval(() => undefined, 60_000);
