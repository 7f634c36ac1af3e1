import { createServer } from 'node:net';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ofError, orOk } from '../finding.js';
import { type PortHolder, portHolder } from '../port-holder.js';
import { portWords } from '../words/port.js';

export interface PortFacts {
  readonly host: string;
  readonly port: number;
  readonly ownPort: number | undefined;
  /** Error code of `listen`. Undefined if the port is free or did not have to be tried. */
  readonly error: string | undefined;
  readonly holder: PortHolder | undefined;
}

const KNOWN = issues('port', portWords.issues, {
  taken: { severity: 'fault', title: ofError('server.port_in_use').title },
  forbidden: 'fault',
  address: 'fault',
  moved: 'note',
});

export function judgePort({ host, port, ownPort, error, holder }: PortFacts): readonly Finding[] {
  const place = `${host}:${port}`;
  const findings: Finding[] = [];
  if (error === 'EADDRINUSE') {
    findings.push(
      found(
        KNOWN.taken,
        holder?.pid === undefined ? portWords.taken(place) : portWords.held(place, holder.pid, holder.command ?? '?'),
      ),
    );
  } else if (error === 'EACCES' || error === 'EPERM')
    findings.push(found(KNOWN.forbidden, portWords.notAllowed(place, error)));
  else if (error !== undefined) findings.push(found(KNOWN.address, portWords.failed(place, error)));
  if (ownPort !== undefined && port !== 0 && ownPort !== port)
    findings.push(found(KNOWN.moved, portWords.otherPort(ownPort, port)));
  return orOk(findings, 'port', ownPort === undefined ? portWords.free(place) : portWords.ownServer(ownPort));
}

async function portFacts({ config, server, readText }: DoctorContext): Promise<PortFacts> {
  const { host, port } = config.server;
  const nothing = { host, port, ownPort: server?.port, holder: undefined, error: undefined };
  // The running server may use another port. Its next start takes the configured port, so that port is tried.
  if (port === 0 || server?.port === port) return nothing;
  const error = await tryToListen(host, port);
  return { ...nothing, error, holder: error === 'EADDRINUSE' ? await portHolder(port, readText) : undefined };
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

export const portCheck: Check = {
  id: 'port',
  about: portWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgePort(await portFacts(context)),
};
