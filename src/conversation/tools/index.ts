export { CHANGE_ROLE, changeRoleTool, type ChangeRoleOptions } from './change-role/change-role.js';
export { createDeviceTools, type DeviceTools, type DeviceToolsOptions, type McpPayload } from './device-mcp/index.js';
export {
  AccessPoint,
  ANYBODY,
  mcpFiles,
  McpServer,
  McpServers,
  McpTokens,
  readMcpFile,
  readServerFile,
  type BridgeState,
  type McpServerFile,
  type McpServerSettings,
  type McpServerState,
  type McpToken,
} from './mcp/index.js';
export { ServerTools, type ServerToolsOptions, type ToolUser } from './server-tools.js';
export { openSessionTools, type SessionTools, type SessionToolsOptions, type ToolDevice } from './session-tools.js';
export { defineTool, type Tool, type ToolAnswer, type ToolContext, type ToolEffects, type ToolWords } from './tool.js';
export { groupTools, type NamedDevice, type ToolServices } from './tool-group.js';
export { TOOL_GROUPS, TOOLS } from './tool-registry.js';
export type { OfferedTool, Toolbox, ToolSource } from './tool-source.js';
export { createToolbox, noTools, type ToolboxOptions } from './toolbox.js';
