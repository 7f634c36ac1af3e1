import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { systemClock } from '../../src/core/index.js';
import { askOta, type DeviceIdentityClaim, type OtaReply } from '../../src/measure/fleet/index.js';
import { isNewerFirmware } from '../../src/device/protocol/index.js';

/** How a device reacts to an update. */
export type Boot =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'installed'; readonly version: string; readonly sha256: string }
  | { readonly kind: 'failed'; readonly status: number };

export interface Bytes {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/**
 * A simulated device that boots, sends OTA requests and installs updates like the firmware (docs/protocol.md 1.2, 1.5).
 */
export class UpdatingDevice {
  identity: DeviceIdentityClaim;
  /** The last OTA answer. */
  reply: OtaReply | undefined;

  constructor(
    private readonly otaUrl: string,
    identity: DeviceIdentityClaim,
    /**
     * The program after the installation of a version. Undefined: the image does not boot, and the boot loader rolls
     * back.
     */
    private readonly starts: (version: string) => string | undefined,
    private readonly localToken?: string,
  ) {
    this.identity = identity;
  }

  /** Boots once and asks. If the answer has an update, installs it and boots again. */
  async boot(): Promise<Boot> {
    const reply = await this.ask();
    const { firmware } = reply;
    // The firmware's own rule: there must be a URL, and the version must be newer or forced.
    if (
      !firmware ||
      firmware.url === '' ||
      !(firmware.force || isNewerFirmware(this.identity.firmwareVersion, firmware.version))
    )
      return { kind: 'nothing' };
    const { status, headers, body } = await download(firmware.url);
    // The firmware gives up if the answer is chunked, redirected or empty.
    if (status !== 200 || Number(headers['content-length']) !== body.length || body.length === 0)
      return { kind: 'failed', status };
    const program = this.starts(firmware.version);
    if (program !== undefined)
      this.identity = { ...this.identity, firmwareVersion: firmware.version, elfSha256: program };
    return { kind: 'installed', version: firmware.version, sha256: createHash('sha256').update(body).digest('hex') };
  }

  /** The device's request at every boot, from which the server learns the outcome of an update. */
  async ask(): Promise<OtaReply> {
    const reply = await askOta(
      {
        url: this.otaUrl,
        identity: this.identity,
        clock: systemClock,
        ...(this.localToken !== undefined && { localToken: this.localToken }),
      },
      AbortSignal.timeout(20_000),
    );
    this.reply = reply;
    return reply;
  }
}

/** A plain `GET` without device headers, like the firmware's. Redirects are not followed. */
export function download(url: string, method = 'GET'): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}
