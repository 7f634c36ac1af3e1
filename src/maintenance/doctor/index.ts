export { writeBundle } from '../support-archive/index.js';
export type { Check, Configuration, DoctorContext, LocalServer } from './check.js';
export { CHECKS } from './checks/index.js';
export { doctorContext, type ContextOptions } from './context.js';
export { examine, findingsOf, verdictOf, type Examination, type Examined } from './examine.js';
export type { Issue, Finding, Fix, Severity } from './finding.js';
export { applyFixes, type Fixed } from './fix.js';
export { doctorPage } from './page.js';
