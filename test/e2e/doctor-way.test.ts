import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/maintenance/doctor/index.js';
import { readLocalToken } from '../../src/http/index.js';
import { certificate, proxyTo, testAuthority } from '../fakes/bad-proxies.js';
import { doctorFor } from '../fakes/doctor-context.js';
import { closeAll, expectFinding, findingsFor, titled, use } from './doctor-expectations.js';
import { WAY_PLANTS, type OwnThings } from './doctor-way-plants.js';
import { ServerUnderTest } from './server.js';

let server: ServerUnderTest;
let known: OwnThings['server'];

beforeAll(async () => {
  server = await ServerUnderTest.start();
  const { port } = server.running;
  known = {
    origin: `http://127.0.0.1:${port}`,
    port,
    pid: process.pid,
    localToken: await readLocalToken(server.dataDir),
  };
}, 60_000);
afterAll(() => server.stop());
afterEach(closeAll);

describe('the connection of a device to a real server', () => {
  it.each(titled(WAY_PLANTS))('%s', async (_title, { fault, remedy, plant }) => {
    expectFinding(await findingsFor(fault, await plant({ server: known, use })), fault, remedy);
  });

  it('has no findings through a correct proxy, with and without TLS', async () => {
    for (const tls of [undefined, certificate('good')]) {
      const { origin } = use(
        await proxyTo(known.origin, tls ? { rewrite: (body) => body.replaceAll('ws://', 'wss://') } : {}, tls),
      );
      expect(
        await findingsFor('device.ok', { server: known, url: origin, ...(tls && { authorities: testAuthority() }) }),
      ).toEqual([expect.objectContaining({ id: 'device.ok', severity: 'ok' })]);
    }
  });
});

it('has no findings to repair on a healthy server', async () => {
  const context = await doctorFor({
    server: known,
    dataDir: server.dataDir,
    settings: { 'server.host': '127.0.0.1', 'server.port': String(known.port) },
  });
  const found = (await Promise.all(CHECKS.map((check) => check.run(context)))).flat();
  // Findings about the memory or the disk of this machine are ignored.
  const ours = found.filter(
    ({ id, severity }) =>
      !/^(memory|oom|cpu|files|disk)\./.test(id) && (severity === 'warning' || severity === 'fault'),
  );
  expect(ours).toEqual([]);
});
