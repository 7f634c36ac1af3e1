import { createServer } from 'node:net';

/**
 * Finds a free port below the system's ephemeral range. The system may assign ports in that range to another test a
 * moment later.
 */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => resolve(true));
  });
  if (!free) return freePort();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
