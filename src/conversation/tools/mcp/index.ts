export { AccessPoint } from './access-point.js';
export { mcpFiles, readMcpFile } from './file.js';
export { ToolOffers } from './offers.js';
export { type OfferSettings } from './offer-settings.js';
export { HOME_SERVER, homeServer } from './home-server.js';
export { type McpServerState } from './server.js';
export { McpServers } from './servers.js';
export { ANY_AGENT, type McpServerFile } from './settings.js';
export { McpTokens } from './tokens.js';
