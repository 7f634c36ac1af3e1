import { FIRMWARE_PATH } from '../protocol/index.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asChorusError, sparing, type Clock, type Logger, type Metrics, type Scope } from '../../core/index.js';
import type { Firmware } from './index.js';
import type { DeviceControl } from '../access/device-control.js';
import { limitKey, type Peer, RateLimiter, WRONG_CREDENTIALS } from '../../platform/inbound/index.js';

export interface FirmwareDownloadOptions {
  readonly firmware: Firmware;
  readonly devices: DeviceControl;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** Rate per device. A device asks once, and once more after a broken download. */
const DOWNLOADS = { burst: 6, perSecond: 6 / 3600 };

interface DownloadParams {
  readonly release: string;
  readonly ticket: string;
}

/**
 * `GET` of a firmware image (docs/protocol.md 1.5). The request needs no headers. The answer has a `Content-Length` and
 * is never a redirect. A refusal does not tell which part of the address is wrong.
 */
export function registerFirmwareDownload(app: FastifyInstance, options: FirmwareDownloadOptions): void {
  const { firmware, peerOf, clock, metrics } = options;
  const log = sparing(options.log, clock);
  const downloads = new RateLimiter(DOWNLOADS, clock);
  const refusals = new RateLimiter(WRONG_CREDENTIALS, clock);
  const refused = (
    request: FastifyRequest,
    reply: FastifyReply,
    status: 403 | 429 | 503,
    why: string,
  ): FastifyReply => {
    metrics.count('chorus_firmware_total', { result: 'refused' });
    log.info('firmware download refused', { why, address: peerOf(request).address });
    if (status !== 403) void reply.header('retry-after', '60');
    return reply
      .code(status)
      .send({ error: status === 403 ? 'this address is not valid, or no longer' : 'too many downloads' });
  };
  app.get<{ Params: DownloadParams }>(
    `${FIRMWARE_PATH}:release/:ticket`,
    { exposeHeadRoute: false },
    async (request, reply) => {
      const { release, ticket } = request.params;
      const deviceId = firmware.linkedDevice(release, ticket);
      const device = deviceId === undefined ? undefined : await options.devices.find(deviceId);
      if (!device || device.revoked || device.boundAtMs === undefined) {
        const source = limitKey(peerOf(request).address);
        return refusals.take(source)
          ? refused(request, reply, 403, 'the address is not valid')
          : refused(request, reply, 429, 'too many wrong addresses');
      }
      if (!downloads.take(device.deviceId)) return refused(request, reply, 429, 'the device downloads too often');
      return send(release, device.deviceId, reply, options, (status, why) => refused(request, reply, status, why));
    },
  );
}

async function send(
  release: string,
  deviceId: string,
  reply: FastifyReply,
  { firmware, scope }: FirmwareDownloadOptions,
  refuse: (status: 403 | 503, why: string) => FastifyReply,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new Error('the device has gone')));
  let download;
  try {
    download = await firmware.download(release, deviceId, gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return reply;
    if (asChorusError(error).code.startsWith('capacity.')) return refuse(503, 'too many downloads at a time');
    throw error;
  }
  if (!download) return refuse(403, 'the release is not offered any more');
  const { stream, sizeBytes, sha256 } = download;
  // This only means that all bytes were sent. The device's next OTA request shows whether they arrived.
  reply.raw.once('finish', () => scope.fork('firmware downloaded', () => download.done()));
  return reply
    .headers({
      'content-type': 'application/octet-stream',
      'content-length': sizeBytes,
      etag: `"${sha256}"`,
      'cache-control': 'private, no-store',
      'accept-ranges': 'none',
      'x-content-type-options': 'nosniff',
    })
    .send(stream);
}
