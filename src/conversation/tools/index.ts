export { CHANGE_ROLE, changeRoleTool, HANDOFF } from './change-role/change-role.js';
export { HOME_REST_TOOLS } from './home-assistant/home-assistant.js';
export {
  AccessPoint,
  ANY_AGENT,
  HOME_SERVER,
  homeServer,
  mcpFiles,
  McpServers,
  McpTokens,
  readMcpFile,
  type McpServerFile,
  type McpServerState,
  type OfferSettings,
  ToolOffers,
} from './mcp/index.js';
export { ServerTools } from './server-tools.js';
export { openSessionTools, type SessionTools, type ToolDevice } from './session-tools.js';
export { defineTool, type Tool, type ToolAnswer } from './tool.js';
export { groupTools } from './tool-group.js';
export { TOOL_GROUPS, TOOLS } from './tool-registry.js';
export { KeptWeather } from './weather/kept-weather.js';
export type { ToolSource } from './tool-source.js';
export { wholeText } from './tool-stream.js';
export { noTools } from './toolbox.js';
