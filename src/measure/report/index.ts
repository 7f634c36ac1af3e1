export { inLanguage } from './markup.js';
export { renderHtml } from './page.js';
export type {
  Advice,
  Block,
  Bound,
  Fact,
  ReportDocument,
  Section,
  Target,
  Text,
  TimelinePanel,
  Verdict,
  VerdictOutcome,
} from './document.js';
