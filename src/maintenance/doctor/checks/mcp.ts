import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { asChorusError, both } from '../../../core/index.js';
import { readMcpFile, type McpServerFile } from '../../../conversation/tools/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

const KNOWN = issues('mcp', {
  file: {
    severity: 'fault',
    title: both('The file with the MCP servers cannot be read.', 'MCP 服务器文件读不了。'),
    cause: both(
      'It is not JSON with an object `mcpServers`, or `mcp.servers_file` names another place.',
      '它不是带 `mcpServers` 的 JSON，或者 `mcp.servers_file` 写错了位置。',
    ),
    remedy: both(
      'Correct it; docs/tools.md shows one. Then `chorus mcp reload`.',
      '请改正，示例见 docs/tools.zh-CN.md，然后运行 `chorus mcp reload`。',
    ),
  },
  entry: {
    severity: 'warning',
    title: both('An MCP server of the file cannot be used.', '文件里有一个 MCP 服务器不能用。'),
    cause: both('Its entry is incomplete or malformed.', '这一项不完整或写错了。'),
    remedy: both('Correct it, then `chorus mcp reload`.', '请改正，然后运行 `chorus mcp reload`。'),
  },
  command: {
    severity: 'warning',
    title: both('The program of an MCP server is not installed.', '没有安装某个 MCP 服务器的程序。'),
    cause: both(
      'Its command is not found in PATH. A service often has a shorter PATH than a shell.',
      '在 PATH 里找不到这个命令。服务的 PATH 常比命令行的短。',
    ),
    remedy: both(
      'Install it, or write its whole path into the file. `chorus mcp test NAME` tries it.',
      '请安装它，或在文件里写完整路径。`chorus mcp test 名称` 可以试一下。',
    ),
  },
});

export function judgeMcp(
  file: Pick<McpServerFile, 'mistakes'> & { readonly servers: readonly { readonly name: string }[] },
  missing: readonly { readonly name: string; readonly command: string }[],
): readonly Finding[] {
  return orOk(
    [
      ...file.mistakes.map(({ name, reason }) =>
        found(KNOWN.entry, both(`${name}: ${reason}.`, `${name}：${reason}。`)),
      ),
      ...missing.map(({ name, command }) =>
        found(KNOWN.command, both(`${name}: ${command} is not found.`, `${name}：找不到 ${command}。`)),
      ),
    ],
    'mcp',
    both(`${file.servers.length} MCP servers`, `${file.servers.length} 个 MCP 服务器`),
  );
}

export const mcpCheck: Check = {
  id: 'mcp',
  about: both('The file with the MCP servers, and their programs', 'MCP 服务器的文件和它们的程序'),
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
      return [found(KNOWN.file, both(`${message}.`, `${message}。`))];
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
