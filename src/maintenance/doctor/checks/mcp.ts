import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { asChorusError } from '../../../core/index.js';
import { readMcpFile, type McpServerFile } from '../../../conversation/tools/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { mcpWords } from '../words/mcp.js';

const KNOWN = issues('mcp', mcpWords.issues, {
  file: 'fault',
  entry: 'warning',
  command: 'warning',
  offers_nothing: 'warning',
});

export function judgeMcp(
  file: Pick<McpServerFile, 'mistakes' | 'offers'> & { readonly servers: readonly { readonly name: string }[] },
  missing: readonly { readonly name: string; readonly command: string }[],
): readonly Finding[] {
  return orOk(
    [
      ...file.mistakes.map(({ name, reason }) => found(KNOWN.entry, mcpWords.failed(name, reason))),
      ...missing.map(({ name, command }) => found(KNOWN.command, mcpWords.notFound(name, command))),
      ...file.offers
        .filter(({ tools }) => tools.length === 0)
        .map(({ name }) => found(KNOWN.offers_nothing, mcpWords.nothing(name))),
    ],
    'mcp',
    mcpWords.servers(file.servers.length),
  );
}

export const mcpCheck: Check = {
  id: 'mcp',
  about: mcpWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, config, env }) {
    try {
      const file = await readMcpFile(dataDir, config.mcp.servers_file);
      const missing: { name: string; command: string }[] = [];
      for (const { name, place } of file.servers)
        if (place.kind === 'command' && !(await isThere(place.command, env['PATH'] ?? '')))
          missing.push({ name, command: place.command });
      return judgeMcp(file, missing);
    } catch (error) {
      const { message } = asChorusError(error, 'mcp.bad_file');
      return [found(KNOWN.file, mcpWords.unreadable(message))];
    }
  },
};

async function isThere(command: string, path: string): Promise<boolean> {
  const folders = isAbsolute(command) || command.includes('/') ? [''] : path.split(delimiter);
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat'] : [''];
  for (const folder of folders)
    for (const ending of endings)
      if (
        await access(join(folder, command) + ending, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return true;
  return false;
}
