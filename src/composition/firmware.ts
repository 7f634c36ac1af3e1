import { randomBytes } from 'node:crypto';
import { Firmware } from '../device/firmware/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from '../config/index.js';

const SECRET_NAME = 'firmware-link-key';

export async function composeFirmware(
  { live, dataDir, common }: Foundation,
  store: Pick<Store, 'firmware' | 'secret'>,
): Promise<Firmware> {
  return Firmware.open({
    store: store.firmware,
    dataDir,
    secretHex: await store.secret(SECRET_NAME, () => randomBytes(32).toString('hex')),
    rules: () => {
      const {
        wave,
        return_ms: returnMs,
        return_share: returnShare,
        return_min_devices: returnMinDevices,
        downloads,
        download_kb_per_s,
      } = live.current.firmware;
      return {
        wave,
        returnMs,
        returnShare,
        returnMinDevices,
        downloads,
        downloadBytesPerSecond: download_kb_per_s * 1024,
      };
    },
    ...common,
  });
}
