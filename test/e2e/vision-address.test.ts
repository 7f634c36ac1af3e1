import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RawDevice } from './raw-device.js';
import { ScriptedServer } from './scripted-server.js';

let scripted: ScriptedServer;
beforeAll(async () => {
  scripted = await ScriptedServer.start({ 'vision.model': 'eyes' });
}, 60_000);
afterAll(() => scripted.stop());

it('initialize tells each connection the address for pictures, with a token of its device (64)', async () => {
  const { server } = scripted;
  const identity = server.identity();
  const connect = (): Promise<RawDevice> => server.raw({ identity, features: { mcp: true } });
  const addressFor = async (device: RawDevice): Promise<unknown> => {
    const { payload } = await device.message('mcp');
    return (payload as { params: { capabilities: { vision?: unknown } } }).params.capabilities.vision;
  };
  const first = await addressFor(await connect());
  expect(first).toEqual({
    url: `http://127.0.0.1:${server.running.port}/mcp/vision/explain`,
    token: expect.stringMatching(/^[\w-]{43}\.\d+$/) as string,
  });
  expect(await addressFor(await connect())).toEqual(first);
  const other = (await addressFor(await server.raw({ features: { mcp: true } }))) as { readonly token: string };
  expect(other.token).not.toBe((first as { readonly token: string }).token);
  for (const device of server.raws) device.vanish();
});
