// Writes devices for ever and prints each id once it is acknowledged; store-durability.test.ts kills it.
import { openStore } from '../../src/store/index.js';

const store = await openStore({ dataDir: process.argv[2] ?? '' });
for (let n = 0; ; n++) {
  const deviceId = `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
  await store.seen({ deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en-US' }, n);
  await store.bind(deviceId, 'c', 'code', n);
  process.stdout.write(`${deviceId}\n`);
}
