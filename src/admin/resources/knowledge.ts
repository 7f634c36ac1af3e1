import type { EmbeddingStatus } from '../../conversation/knowledge/index.js';
import { MAX_FILE_BYTES } from '../../conversation/knowledge/limits.js';
import { basename } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import type { KnowledgeDocument } from '../../platform/store/index.js';
import type { AdminApi, Routes } from '../api.js';
import { acceptBinaryBodies, binaryBody } from '../binary-body.js';
import type { AdminGate } from '../gate.js';
import { idParameter } from '../shapes.js';
import { resourceWords } from '../words/resources.js';

export const knowledgeDocumentView = z.object({
  id: z.string(),
  collection: z.string(),
  title: z.string(),
  format: z.enum(['pdf', 'docx', 'markdown', 'text']),
  bytes: z.number(),
  sha256: z.string(),
  pages: z.number().optional(),
  passages: z.number(),
  characters: z.number(),
  createdMs: z.number(),
  embedded: z
    .number()
    .optional()
    .meta({ description: 'Passages that have a vector; absent: there is no embedding model.' }),
});
export type KnowledgeDocumentView = z.output<typeof knowledgeDocumentView>;

export const foundPassageView = z.object({
  documentId: z.string(),
  title: z.string(),
  place: z.string().meta({ description: 'Page or heading; empty: unknown.' }),
  text: z.string(),
  score: z.number(),
});
export type FoundPassageView = z.output<typeof foundPassageView>;

const collection = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u)
  .meta({ description: 'Name of a collection; agents choose collections.' });
const MAX_FOUND = 20;

/** The body is the file itself (application/octet-stream). */
export const addDocumentQuery = z.strictObject({
  file: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .meta({ description: 'Name of the file; its ending tells Markdown from text.' }),
  collection: collection.default('general'),
  title: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .meta({ description: 'Left out: as the document calls itself, else its file.' }),
});
export const embeddingView = z.object({
  model: z.string(),
  failing: z
    .object({ sinceMs: z.number(), reason: z.object({ en: z.string(), zh: z.string() }) })
    .optional()
    .meta({ description: 'The service fails; documents are found by their words meanwhile.' }),
});
export type EmbeddingView = z.output<typeof embeddingView>;
export const documentsAnswer = z.object({
  documents: z.array(knowledgeDocumentView),
  embedding: embeddingView.optional().meta({ description: 'Absent: there is no embedding model.' }),
});
export type DocumentsAnswer = z.output<typeof documentsAnswer>;
export const documentAnswer = z.object({ document: knowledgeDocumentView });
export const searchDocumentsQuery = z.strictObject({
  q: z.string().trim().min(1).max(300).meta({ description: 'A question, or words.' }),
  collection: collection.optional(),
  most: z.coerce.number().int().min(1).max(MAX_FOUND).default(5),
});
export const foundPassagesAnswer = z.object({
  passages: z.array(foundPassageView).meta({ description: 'The best first.' }),
});

export const knowledgeRoutes = {
  listDocuments: {
    method: 'GET',
    path: '/knowledge',
    summary: 'Documents of the knowledge store, newest first.',
    answer: documentsAnswer,
  },
  addDocument: {
    method: 'POST',
    path: '/knowledge',
    summary:
      'Adds a document (application/octet-stream): PDF, Word (.docx), Markdown or text. It replaces one of the same ' +
      'title or content in its collection.',
    query: addDocumentQuery,
    body: 'binary',
    answer: documentAnswer,
    status: 201,
  },
  searchDocuments: {
    method: 'GET',
    path: '/knowledge/search',
    summary: 'Passages that fit a question, as an agent finds them.',
    query: searchDocumentsQuery,
    answer: foundPassagesAnswer,
  },
  removeDocument: {
    method: 'DELETE',
    path: '/knowledge/:id',
    summary: 'Removes a document with its text and its index.',
    params: idParameter,
  },
} as const satisfies Routes;

/** Errors: `knowledge.*`, `store.*`, `data.*`. */
export interface KnowledgeControl {
  /** Undefined if documents are searched without vectors. */
  readonly embedding: EmbeddingStatus | undefined;
  list(): Promise<readonly KnowledgeDocument[]>;
  add(
    bytes: AsyncIterable<Uint8Array>,
    about: { readonly fileName: string; readonly collection: string; readonly title: string | undefined },
  ): Promise<KnowledgeDocument>;
  /** Undefined `collections` means all collections. */
  search(
    question: string,
    collections: readonly string[] | undefined,
    most: number,
  ): Promise<readonly FoundPassageView[]>;
  remove(id: string): Promise<boolean>;
}

export function registerKnowledgeRoutes(api: AdminApi, gate: AdminGate, knowledge: KnowledgeControl): void {
  acceptBinaryBodies(api.app);
  api.on(knowledgeRoutes.listDocuments, async () => {
    const { model, failing, embedded } = knowledge.embedding ?? {};
    const documents = (await knowledge.list()).map((document) => ({
      ...view(document),
      ...(embedded && { embedded: Math.min(document.passages, embedded.get(document.id) ?? 0) }),
    }));
    return { documents, ...(model !== undefined && { embedding: { model, failing } }) };
  });
  const add = knowledgeRoutes.addDocument;
  api.on(
    add,
    async ({ query, request }) => {
      const bytes = binaryBody(request, resourceWords.file, (one) => gate.admit(one));
      const about = { fileName: basename(query.file), collection: query.collection, title: query.title };
      return { document: view(await knowledge.add(bytes, about)) };
    },
    refuseTooLarge,
  );
  api.on(knowledgeRoutes.searchDocuments, async ({ query: { q, collection: only, most } }) => ({
    passages: [...(await knowledge.search(q, only === undefined ? undefined : [only], most))],
  }));
  api.on(knowledgeRoutes.removeDocument, async ({ params: { id } }) => {
    if (!(await knowledge.remove(id)))
      throw new ChorusError('admin.not_found', resourceWords.noDocument(id), {
        details: { what: id },
        remedy: resourceWords.seeDocuments,
      });
  });
}

/** Refuses a large file by its header, before the body is read. The bytes of the body are counted, too. */
function refuseTooLarge({ headers }: FastifyRequest): void {
  if (Number(headers['content-length']) > MAX_FILE_BYTES)
    throw new ChorusError('knowledge.too_large', resourceWords.fileTooLarge);
}

function view(document: KnowledgeDocument): KnowledgeDocumentView {
  return { ...document, format: document.format as KnowledgeDocumentView['format'] };
}
