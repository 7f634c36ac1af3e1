import { z } from 'zod';
import type { ToolServiceId } from '../../../providers/index.js';

export interface ServicePassage {
  /** Empty if the name of the document is unknown. */
  readonly document: string;
  readonly text: string;
}

/** How to search in a document service, according to its published protocol. */
export interface KnowledgeService {
  /** May return several requests, whose passages are merged by score. */
  requests(query: string, datasets: readonly string[], most: number): readonly { path: string; body: unknown }[];
  /** Returns undefined if the answer is unreadable. `refusal` is the message of a service that refuses. */
  read(
    answer: unknown,
  ): readonly (ServicePassage & { readonly score: number })[] | { readonly refusal: string } | undefined;
}

const text = z.string().nullish();
const score = z.number().nullish();

const ragflowAnswer = z.object({
  code: z.number(),
  message: text,
  data: z
    .object({
      chunks: z.array(z.object({ content: text, document_keyword: text, document_name: text, similarity: score })),
    })
    .nullish()
    .or(z.literal(false)),
});

const difyAnswer = z.object({
  records: z.array(
    z.object({
      score,
      segment: z.object({ content: text, document: z.object({ name: text }).nullish() }),
    }),
  ),
});

export const KNOWLEDGE_SERVICES: Readonly<Record<ToolServiceId<'knowledge_service'>, KnowledgeService>> = {
  ragflow: {
    requests: (query, datasets, most) => [
      { path: '/api/v1/retrieval', body: { question: query, dataset_ids: datasets, page: 1, page_size: most } },
    ],
    read(answer) {
      const { data } = ragflowAnswer.safeParse(answer);
      if (!data) return undefined;
      if (data.code !== 0) return { refusal: data.message ?? `code ${data.code}` };
      const chunks = data.data ? data.data.chunks : [];
      return chunks.map(({ content, document_keyword: keyword, document_name: name, similarity }) => ({
        document: name ?? keyword ?? '',
        text: content ?? '',
        score: similarity ?? 0,
      }));
    },
  },
  dify: {
    requests: (query, datasets, most) =>
      datasets.map((dataset) => ({
        path: `/v1/datasets/${encodeURIComponent(dataset)}/retrieve`,
        body: {
          query: query.slice(0, MAX_DIFY_QUERY_CHARS),
          retrieval_model: {
            search_method: 'semantic_search',
            reranking_enable: false,
            top_k: most,
            score_threshold_enabled: false,
          },
        },
      })),
    read: (answer) =>
      difyAnswer.safeParse(answer).data?.records.map(({ segment, score: found }) => ({
        document: segment.document?.name ?? '',
        text: segment.content ?? '',
        score: found ?? 0,
      })),
  },
};

/** Dify refuses longer queries. */
const MAX_DIFY_QUERY_CHARS = 250;
