export { AccessPoint, type AccessPointOptions, type BridgeState } from './access-point.js';
export { mcpFiles, readMcpFile } from './file.js';
export { McpServer, type McpServerOptions, type McpServerState } from './server.js';
export { McpServers, type McpServersOptions } from './servers.js';
export { ANYBODY, readServerFile, type McpServerFile, type McpServerSettings } from './settings.js';
export { McpTokens, type McpToken, type McpTokenStore } from './tokens.js';
