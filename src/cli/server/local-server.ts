import { findServer } from '../../platform/store/index.js';

const OTA_PATH = '/xiaozhi/ota/';
const DEFAULT_PORT = 8000;

/** Where a command of this machine finds the server of a data folder. */
export interface LocalServer {
  /** Without a path. */
  readonly origin: string;
  readonly otaUrl: string;
  /** False: no server runs on that folder, or none that can be seen from here; it is looked for where it would be. */
  readonly found: boolean;
}

/**
 * The server that runs on the data folder, on whatever port; else the place where one would be by the configuration.
 */
export async function localServer(dataDir: string, configuredPort = DEFAULT_PORT): Promise<LocalServer> {
  const record = await findServer(dataDir);
  const origin = record === undefined ? `http://127.0.0.1:${configuredPort}` : new URL(record.url).origin;
  return { origin, otaUrl: `${origin}${OTA_PATH}`, found: record !== undefined };
}
