import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';

export const KNOWLEDGE_ERRORS = {
  'knowledge.unreadable': {
    log: 'info',
    status: 400,
    cause: both('A document that shall be known cannot be read.', '要加入知识库的文档读不出来'),
    remedy: both(
      'Save it as PDF with text, Word (.docx), Markdown or plain text, and add it again.',
      '请另存为带文字的 PDF、Word 文档、Markdown 或纯文本，再添加一次。',
    ),
  },
  'knowledge.too_large': {
    log: 'info',
    status: 413,
    cause: both('A document, or all documents together, exceed a limit.', '文档超过了限制，或所有文档合计超过了限制'),
    remedy: both(
      'Cut the document into parts, or remove documents that nobody needs (docs/knowledge.md has the limits).',
      '请把文档拆成几份，或删除不需要的文档（限制见文档《知识库》）。',
    ),
  },
  'knowledge.no_embedding': {
    log: 'warn',
    status: 502,
    cause: both(
      'The service that makes vectors of documents and questions failed or was too slow.',
      '为文档和问题生成向量的服务出错或太慢',
    ),
    remedy: both(
      'Documents are still found by their words. Check `knowledge.embedding` (docs/knowledge.md); it is tried again.',
      '文档仍可按字词找到。请检查 `knowledge.embedding`（见文档《知识库》）；会自动重试。',
    ),
  },
} as const satisfies Readonly<Record<string, ErrorRow>>;
