export { inLanguage } from './markup.js';
export { renderHtml } from './page.js';
export type {
  Advice,
  Bars,
  Block,
  Bound,
  Distribution,
  Fact,
  Paragraph,
  ReportDocument,
  Section,
  Table,
  Target,
  Text,
  Timeline,
  TimelinePanel,
  Verdict,
  VerdictOutcome,
} from './document.js';
