import { z } from 'zod';
import type { ToolServiceId } from '../../../providers/index.js';

export interface Found {
  readonly title: string;
  readonly text: string;
}

/** How to use a search service, according to its published protocol. */
export interface SearchEngine {
  readonly url: string;
  request(
    query: string,
    most: number,
    key: string,
  ): { readonly query?: Readonly<Record<string, string>>; readonly init: RequestInit };
  /** Returns undefined if the answer is unreadable. */
  read(answer: unknown): readonly Found[] | undefined;
}

const text = z.string().nullish();
const post = (body: unknown, key: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${key}` },
  body: JSON.stringify(body),
});
const found = (title: string | null | undefined, ...texts: (string | null | undefined)[]): Found => ({
  title: title ?? '',
  text: texts.find((one) => typeof one === 'string' && one.trim() !== '') ?? '',
});

const searxng = z.object({ results: z.array(z.object({ title: text, content: text })) });
const tavily = z.object({ answer: text, results: z.array(z.object({ title: text, content: text })) });
const bocha = z.object({
  data: z.object({ webPages: z.object({ value: z.array(z.object({ name: text, summary: text, snippet: text })) }) }),
});
const metaso = z.object({ webpages: z.array(z.object({ title: text, summary: text, snippet: text })) });

export const ENGINES: Readonly<Record<ToolServiceId<'search'>, SearchEngine>> = {
  searxng: {
    url: '',
    request: (query) => ({ query: { q: query, format: 'json' }, init: {} }),
    read: (answer) => searxng.safeParse(answer).data?.results.map(({ title, content }) => found(title, content)),
  },
  tavily: {
    url: 'https://api.tavily.com/search',
    request: (query, most, key) => ({
      init: post({ query, max_results: most, search_depth: 'basic', include_answer: true }, key),
    }),
    read(answer) {
      const { data } = tavily.safeParse(answer);
      if (!data) return undefined;
      const pages = data.results.map(({ title, content }) => found(title, content));
      return typeof data.answer === 'string' && data.answer !== '' ? [found('Answer', data.answer), ...pages] : pages;
    },
  },
  bocha: {
    url: 'https://api.bochaai.com/v1/web-search',
    request: (query, most, key) => ({ init: post({ query, summary: true, count: most }, key) }),
    read: (answer) =>
      bocha
        .safeParse(answer)
        .data?.data.webPages.value.map(({ name, summary, snippet }) => found(name, summary, snippet)),
  },
  metaso: {
    url: 'https://metaso.cn/api/v1/search',
    request: (query, most, key) => ({
      init: post({ q: query, scope: 'webpage', includeSummary: true, size: String(most) }, key),
    }),
    read: (answer) =>
      metaso.safeParse(answer).data?.webpages.map(({ title, summary, snippet }) => found(title, summary, snippet)),
  },
};
