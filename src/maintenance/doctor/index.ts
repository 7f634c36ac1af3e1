export { writeBundle } from '../support-archive/index.js';
export type { Configuration, DoctorContext, LocalServer } from './check.js';
export { CHECKS } from './checks/index.js';
export { doctorContext } from './context.js';
export { examine, findingsOf, verdictOfExamination, type Examination } from './examine.js';
export type { Finding, Severity } from './finding.js';
export { applyFixes, type Fixed } from './fix.js';
export { doctorPage } from './page.js';
