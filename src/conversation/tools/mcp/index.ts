export { AccessPoint, type BridgeState } from './access-point.js';
export { mcpFiles, readMcpFile } from './file.js';
export { ToolOffers } from './offers.js';
export { type OfferSettings } from './offer-settings.js';
export { HOME_SERVER, homeServer } from './home-server.js';
export { McpServer, type McpServerState } from './server.js';
export { McpServers } from './servers.js';
export { ANY_AGENT, readServerFile, type McpServerFile, type McpServerSettings } from './settings.js';
export { McpTokens, type McpToken } from './tokens.js';
