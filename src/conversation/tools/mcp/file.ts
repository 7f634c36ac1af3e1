import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { ChorusError } from '../../../core/index.js';
import { readServerFile, type McpServerFile } from './settings.js';

/** File names in the data folder. xinnan-tech's Python server uses the second name. */
const FILE_NAMES = ['mcp_servers.json', '.mcp_server_settings.json'];
const MAX_FILE_CHARS = 1024 * 1024;

/** Returns the paths in the order in which they are tried. */
export function mcpFiles(dataDir: string, configured: string | undefined): readonly string[] {
  if (configured === undefined) return FILE_NAMES.map((name) => join(dataDir, name));
  return [isAbsolute(configured) ? configured : join(dataDir, configured)];
}

/**
 * Without a file of the usual names there are no servers. Error: `mcp.bad_file`, also if the configured file is
 * missing.
 */
export async function readMcpFile(
  dataDir: string,
  configured: string | undefined,
): Promise<McpServerFile & { readonly file: string | undefined }> {
  for (const file of mcpFiles(dataDir, configured)) {
    try {
      const text = await readFile(file, 'utf8');
      if (text.length > MAX_FILE_CHARS) throw new Error('it is too long');
      return { ...readServerFile(text), file };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && configured === undefined) continue;
      const reason = error instanceof SyntaxError ? 'it is not JSON' : (code ?? (error as Error).message);
      throw new ChorusError('mcp.bad_file', `${file} cannot be read: ${reason}`, {
        cause: error,
        details: { file, reason },
      });
    }
  }
  return { servers: [], offers: [], mistakes: [], file: undefined };
}
