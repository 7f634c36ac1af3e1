import { afterEach, expect, it } from 'vitest';
import type { ModelControl } from '../../../src/admin/resources/models.js';
import { ChorusError } from '../../../src/core/index.js';
import { asCommand, http, startServer, type Harness } from './harness.js';

let harness: Harness;
afterEach(() => harness.close());

it("answers of the admin API name commands for the server's machine, but no folders to strangers", async () => {
  const models = {
    list: () => {
      throw new ChorusError('model.unknown', 'no such model');
    },
  };
  const command = "node '/opt/my chorus/dist/cli/chorus.js'";
  harness = await startServer({ admin: { command, models: models as unknown as ModelControl } });
  const path = '/api/v1/models';
  expect(JSON.stringify((await http(harness, { path, headers: asCommand(harness) })).json)).toContain(
    '`' + command + ' models list`',
  );
  const body = JSON.stringify({ password: 'wrong password' });
  const stranger = await http(harness, {
    method: 'POST',
    path: '/api/v1/session',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(JSON.stringify(stranger.json)).toContain('`npx xiaozhi-chorus admin password`');
});
