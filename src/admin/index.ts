export { AdminPassword, keepPassword, PASSWORD_LEAST_CHARS, type SecretKeeper } from './admin-password.js';
export { ADMIN_API, type AdminRouteName, type RouteSpec } from './contract.js';
export { newPassword } from './password-hash.js';
export { registerAdmin, type Admin, type AdminDependencies } from './admin.js';
export type { AdminOperations, AdminOptions } from './options.js';
export type { LifecycleControl, UpkeepControl } from './resources/upkeep.js';
export type { DeviceTalk, DeviceTalkBook } from './resources/devices.js';
export * from './schemas.js';
export { verdictOf } from './verdict.js';
