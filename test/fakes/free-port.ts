import { createServer } from 'node:net';

/** A port on which nobody listens, below those that the system gives to whoever asks for any: one of those may be another test's a moment later. */
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
