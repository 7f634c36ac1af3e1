import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { PostgresServer, postgresMissing } from '../fakes/postgres-server.js';
import { describeWith } from '../fakes/required.js';
import { storeContract } from './store-contract.js';

describeWith(postgresMissing, 'on a real server', () => {
  let server: PostgresServer;
  let dataDir = '';
  let url = '';
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chorus-store-'));
    server = await PostgresServer.start();
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  storeContract(
    'PostgreSQL',
    async () => {
      url = await server.newDatabase();
      return openStore({ dataDir, url });
    },
    () => openStore({ dataDir, url }),
  );
});
