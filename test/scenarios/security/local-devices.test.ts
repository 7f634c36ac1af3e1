import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_TOKEN_HEADER } from '../../../src/http/index.js';
import { DEVICE, PEERS, postOta, startServer, type Harness } from '../conformance/harness.js';

describe('the simulated device of a command, whose address and Client-Id are public', () => {
  let harness: Harness;
  let announced: string[] = [];
  beforeEach(async () => {
    announced = [];
    harness = await startServer({
      auth: { mode: 'lan', autoBindMax: 10 },
      onCode: ({ deviceId }) => void announced.push(deviceId),
    });
  });
  afterEach(() => harness.close());

  const asTheCommand = (): ReturnType<typeof postOta> =>
    postOta(harness, DEVICE, { from: PEERS.loopback, headers: { [LOCAL_TOKEN_HEADER]: harness.localToken } });

  it('gets a token with the secret of the data folder, each time', async () => {
    expect((await asTheCommand()).ota.websocket.token).not.toBe('');
    expect((await asTheCommand()).ota.websocket.token).not.toBe('');
    expect(await harness.store.find(DEVICE.deviceId)).toMatchObject({ boundBy: 'local' });
  });

  it.each(Object.entries(PEERS))('gets none without the secret, from %s', async (_name, from) => {
    await asTheCommand();
    const { ota } = await postOta(harness, DEVICE, { from });
    expect(ota.websocket.token).toBe('');
    expect(ota.activation?.code).toMatch(/^\d{6}$/);
    expect(await harness.store.find(DEVICE.deviceId)).toMatchObject({
      boundBy: 'local',
      boundClientId: DEVICE.clientId,
    });
    expect((await asTheCommand()).ota.websocket.token).not.toBe('');
    // No person is asked to approve the simulated device, as would happen for a real one.
    expect(announced).toEqual([]);
    await postOta(harness, { ...DEVICE, deviceId: '02:00:00:00:66:01' }, { from: PEERS.public });
    expect(announced).toEqual(['02:00:00:00:66:01']);
  });
});
