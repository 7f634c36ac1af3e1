import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { systemClock } from '../../src/core/index.js';
import { askOta, type DeviceIdentityClaim, type OtaReply } from '../../src/measure/fleet/index.js';
import { isNewerFirmware } from '../../src/device/protocol/index.js';

/** What happened when the device booted. */
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
 * A simulated device that boots, asks for updates and installs them as the firmware does (docs/protocol.md 1.2, 1.5).
 */
export class UpdatingDevice {
  identity: DeviceIdentityClaim;
  /** The last answer to its OTA request. */
  reply: OtaReply | undefined;

  constructor(
    private readonly otaUrl: string,
    identity: DeviceIdentityClaim,
    /**
     * Hash of the program that runs after this version was installed. `undefined` means that the image does not boot,
     * so the boot loader goes back to the previous one.
     */
    private readonly starts: (version: string) => string | undefined,
    private readonly localToken?: string,
  ) {
    this.identity = identity;
  }

  /** Boots and asks for an update. If it gets one, installs it. The next request reports the version that starts. */
  async boot(): Promise<Boot> {
    const reply = await this.ask();
    const { firmware } = reply;
    // The firmware's own rule: an update needs a URL, and its version must be newer or forced.
    if (
      !firmware ||
      firmware.url === '' ||
      !(firmware.force || isNewerFirmware(this.identity.firmwareVersion, firmware.version))
    )
      return { kind: 'nothing' };
    const { status, headers, body } = await download(firmware.url);
    // The firmware gives up if the download is chunked, redirected or empty.
    if (status !== 200 || Number(headers['content-length']) !== body.length || body.length === 0)
      return { kind: 'failed', status };
    const program = this.starts(firmware.version);
    if (program !== undefined)
      this.identity = { ...this.identity, firmwareVersion: firmware.version, elfSha256: program };
    return { kind: 'installed', version: firmware.version, sha256: createHash('sha256').update(body).digest('hex') };
  }

  /** Sends the OTA request of every boot. From this the server learns whether an update succeeded. */
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

/** Sends a plain `GET` without device headers, as the firmware does. Does not follow redirects. */
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
