import { z } from 'zod';
import { described, text } from '../../providers/index.js';

export const mcp = z.strictObject({
  servers_file: described(
    text(4096)
      .optional()
      .meta({ examples: ['/etc/chorus/mcp.json'] }),
    'JSON file with mcpServers: programs and addresses whose tools are offered (docs/tools.md). ' +
      'Without it: mcp_servers.json of the data folder, else .mcp_server_settings.json there.',
    '带 mcpServers 的 JSON 文件：提供工具的程序和地址（docs/tools.zh-CN.md）。' +
      '不设置时：数据文件夹里的 mcp_servers.json，没有它则是那里的 .mcp_server_settings.json。',
  ),
});

/** A device gives up 30 s after it has sent its picture (docs/protocol.md 8.1). The limit is 5 s lower. */
const VISION_MS = 25_000;

export const vision = z.strictObject({
  model: described(
    text(128)
      .optional()
      .meta({ examples: ['qwen-vl-plus'] }),
    'Model that looks at the pictures of devices with a camera, of an OpenAI-compatible service. Without it ' +
      'pictures are not accepted. Devices hear of a change when they connect next.',
    '看带摄像头设备的图片的模型，由 OpenAI 兼容服务提供。不设置时不接收图片。改动在设备下次连接时生效。',
  ),
  service: described(
    text(64)
      .optional()
      .meta({ examples: ['eyes'] }),
    'Service of the model: a name of llm.services. Without it: the service of the agent, else the one of llm.',
    '由哪个服务提供：llm.services 里的一个名字。不设置时用智能体的服务，没有则用 llm 的。',
  ),
  timeout_ms: described(
    z.int().min(1000).max(VISION_MS).default(VISION_MS),
    'Longest wait for what the model says.',
    '等模型回答最长多久。',
  ),
});
