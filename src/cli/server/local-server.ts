import { DEFAULT_PORT } from '../../config/index.js';
import { OTA_PATH } from '../../device/protocol/index.js';
import { findServer } from '../../platform/store/index.js';

/** Addresses at which a command on this machine reaches the server of a data folder. */
export interface LocalServer {
  /** Has no path. */
  readonly origin: string;
  readonly otaUrl: string;
  /** False: no visible server runs on that folder. The addresses are then the configured ones. */
  readonly found: boolean;
}

/** The server that runs on the data folder, on any port. If none runs, the configured address. */
export async function localServer(dataDir: string, configuredPort = DEFAULT_PORT): Promise<LocalServer> {
  const record = await findServer(dataDir);
  const origin = record === undefined ? `http://127.0.0.1:${configuredPort}` : new URL(record.url).origin;
  return { origin, otaUrl: `${origin}${OTA_PATH}`, found: record !== undefined };
}
