import { z } from 'zod';
import { text, words } from '../../providers/index.js';

export const mcp = z.strictObject({
  servers_file: text(4096)
    .optional()
    .meta({ examples: ['/etc/chorus/mcp.json'] })
    .meta(
      words(
        'JSON file with mcpServers: programs and addresses whose tools are offered (docs/tools.md). ' +
          'Without it: mcp_servers.json of the data folder, else .mcp_server_settings.json there.',
        '带 mcpServers 的 JSON 文件：提供工具的程序和地址（docs/tools.zh-CN.md）。' +
          '不设置时：数据文件夹里的 mcp_servers.json，没有它则是那里的 .mcp_server_settings.json。',
      ),
    ),
});
