export { AdminPassword, keepPassword, PASSWORD_LEAST_CHARS, type SecretKeeper } from './admin-password.js';
export { isOwnName, ownHostNames, parseHost, type HostName } from './host-names.js';
export { newPassword } from './password-hash.js';
export { registerAdmin, type Admin, type AdminDependencies } from './admin.js';
export type { AdminOperations, AdminOptions } from './options.js';
export * from './contract.js';
export { verdictOf } from './verdict.js';
