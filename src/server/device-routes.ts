import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseDeviceId } from '../protocol/index.js';
import type { KeptTurn } from '../session/index.js';
import type { DeviceRecord } from '../store/index.js';
import { localOnly } from './local-only.js';
import { talkByDevice, type DeviceTalk } from './turn-routes.js';

export interface DeviceRouteOptions {
  readonly isLocal: (request: FastifyRequest) => boolean;
  readonly approve: (code: string) => Promise<DeviceRecord | undefined>;
  readonly list: () => Promise<readonly DeviceRecord[]>;
  readonly rotate: (deviceId: string) => Promise<DeviceRecord | undefined>;
  readonly revoke: (deviceId: string) => Promise<boolean>;
  readonly isConnected: (deviceId: string) => boolean;
  readonly turns: () => readonly KeptTurn[];
}

const codeBody = z.object({ code: z.string().max(32) });
const deviceBody = z.object({ deviceId: z.string().max(64) });

/** Devices for commands on this machine, which show the secret of the data folder (`X-Chorus-Local`). */
export function registerDeviceRoutes(app: FastifyInstance, options: DeviceRouteOptions): void {
  const guarded = localOnly(options.isLocal);
  app.get('/api/v1/devices', guarded, async (_request, reply) => {
    const talk = talkByDevice(options.turns());
    return reply.send({ devices: (await options.list()).map((device) => deviceView(device, options, talk.get(device.deviceId))) });
  });
  app.post('/api/v1/devices/approve', guarded, async (request, reply) => {
    const body = parsed(codeBody, request);
    if (!body) return reply.code(400).send({ error: 'a JSON body {"code": "123456"} is needed' });
    const device = await options.approve(body.code);
    return device ? reply.send({ device: deviceView(device, options) }) : reply.code(404).send({ error: 'no device has this code: it is wrong, was used, or has expired' });
  });
  app.post('/api/v1/devices/rotate', guarded, async (request, reply) => {
    const deviceId = parseDeviceId(parsed(deviceBody, request)?.deviceId);
    const device = deviceId === undefined ? undefined : await options.rotate(deviceId);
    return device ? reply.send({ device: deviceView(device, options) }) : reply.code(404).send({ error: 'no such device' });
  });
  app.post('/api/v1/devices/revoke', guarded, async (request, reply) => {
    const deviceId = parseDeviceId(parsed(deviceBody, request)?.deviceId);
    const done = deviceId !== undefined && (await options.revoke(deviceId));
    return done ? reply.send({ revoked: deviceId }) : reply.code(404).send({ error: 'no such device' });
  });
}

function parsed<T>(schema: z.ZodType<T>, request: FastifyRequest): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(typeof request.body === 'string' ? request.body : '');
  } catch {
    return undefined;
  }
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}

/** `talk`: undefined, and so not in JSON, for a device without a turn among those that are kept. */
function deviceView(device: DeviceRecord, options: DeviceRouteOptions, talk?: DeviceTalk): Record<string, unknown> {
  const { deviceId, board, firmwareVersion, language, boundAtMs, boundBy, revoked, firstSeenMs, lastSeenMs } = device;
  return { deviceId, board, firmwareVersion, language, boundAtMs, boundBy, revoked, firstSeenMs, lastSeenMs, connected: options.isConnected(deviceId), talk };
}
