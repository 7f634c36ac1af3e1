// The container's HEALTHCHECK: exits with 0 when the server of the data folder answers /healthz. The image has no curl.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { CHORUS_DATA: data = 'data', CHORUS_SERVER__PORT: port = '8000' } = process.env;

/**
 * The running server records its address, because any file or flag may have set its port. Without a record, the
 * result is the default address.
 */
function address() {
  try {
    return new URL('/healthz', JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')).url);
  } catch {
    return new URL(`http://127.0.0.1:${port}/healthz`);
  }
}

try {
  const { status } = await fetch(address(), { signal: AbortSignal.timeout(4000) });
  console.log(`healthz: ${status}`);
  process.exitCode = status === 200 ? 0 : 1;
} catch (error) {
  console.log(`healthz: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
