export { AdminPassword, keepPassword, PASSWORD_LEAST_CHARS, type SecretKeeper } from './admin-password.js';
export { isOwnName, ownHostNames, parseHost } from './host-names.js';
export { newPassword } from './password-hash.js';
export { registerAdmin, type Admin } from './admin.js';
export type { AdminOptions } from './options.js';
export * from './contract.js';
