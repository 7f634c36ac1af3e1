import { DEFAULT_PORT } from '../../config/index.js';
import { OTA_PATH } from '../../device/protocol/index.js';
import { findServer } from '../../platform/store/index.js';

/** Where a command on this machine reaches the server of a data folder. */
export interface LocalServer {
  /** Without a path, for example `http://127.0.0.1:8000`. */
  readonly origin: string;
  readonly otaUrl: string;
  /** False if no running server was found. The address is then the configured one. */
  readonly found: boolean;
}

/** Finds the server that uses the data folder, whatever its port. If none runs, returns the configured address. */
export async function localServer(dataDir: string, configuredPort = DEFAULT_PORT): Promise<LocalServer> {
  const record = await findServer(dataDir);
  const origin = record === undefined ? `http://127.0.0.1:${configuredPort}` : new URL(record.url).origin;
  return { origin, otaUrl: `${origin}${OTA_PATH}`, found: record !== undefined };
}
