import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

export type { Transport };

/**
 * The SDK takes 0.5 s and 28 MB. It is loaded when it is first needed, so a server without MCP saves both
 * (docs/adr/0035-mcp-sdk.md).
 */
export const loadClient = async () =>
  Promise.all([import('@modelcontextprotocol/sdk/client/index.js'), import('@modelcontextprotocol/sdk/types.js')]);

export const loadStdio = () => import('@modelcontextprotocol/sdk/client/stdio.js');

export const loadHttp = async () =>
  Promise.all([
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/client/sse.js'),
  ]);

export const loadServer = () => import('@modelcontextprotocol/sdk/server/index.js');
