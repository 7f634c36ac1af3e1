export { findOldFiles } from './old-files.js';
export { readOldSettings } from './old-settings.js';
export { MCP_FILE } from './plan-mcp.js';
export { planImport, type ImportPlan } from './plan.js';
export type { ImportReport } from './report.js';
export { carryOut, type CarriedOut } from './carry-out.js';
export { readMovedOver } from './record.js';
export { movingOverTable } from './table.js';
