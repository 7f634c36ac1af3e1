// After the first input, writes devices and turns and prints each acknowledged write, until store-killed.test.ts kills
// it. Arguments: data folder, first number, address of a database server.
import { once } from 'node:events';
import { openStore } from '../../src/platform/store/index.js';
import { seeDevices, turnOf } from '../fakes/filled-store.js';

const [dataDir = '', first = '0', url] = process.argv.slice(2);
await once(process.stdin, 'data');
process.stdin.destroy();
const store = await openStore({ dataDir, url });
await seeDevices(store);
const next = (
  (n) => () =>
    n++
)(Number(first));
const said = (what: string): void => void process.stdout.write(`${what}\n`);

async function devices(): Promise<never> {
  for (;;) {
    const n = next();
    const deviceId =
      '02:00:00:' + [n >> 16, n >> 8, n].map((part) => (part & 255).toString(16).padStart(2, '0')).join(':');
    await store.seen({ deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en-US' }, n);
    await store.bind(deviceId, 'c', 'code', n);
    said(deviceId);
  }
}

async function turns(): Promise<never> {
  for (;;) {
    const batch = Array.from({ length: 5 }, () => turnOf(next()));
    await store.history.keepTurns(batch);
    said(batch.map(({ id }) => id).join('\n'));
  }
}

await Promise.all([devices(), devices(), turns()]);
