import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { printable } from '../../core/index.js';
import type { DocumentsAnswer, EmbeddingView, FoundPassageView, KnowledgeDocumentView } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import { asJson, printAnswer } from '../terminal/json.js';
import { table } from '../terminal/table.js';
import { unreadableFile } from '../unreadable-file.js';
import { argumentWords } from '../words/arguments.js';
import { knowledgeWords } from '../words/knowledge.js';

interface KnowledgeFlags extends JsonFlags {
  readonly collection?: string;
}

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = knowledgeWords[context.language];
  group.addHelpText('after', help.after);
  configured(group, 'add', help.add)
    .argument('<files...>', help.files)
    .option('--collection <name>', help.collection)
    .option('--title <text>', help.title)
    .action(run(addDocuments));
  configured(group, 'list', help.list).action(run(listDocuments));
  configured(group, 'search', help.search)
    .argument('<question>', help.question)
    .option('--collection <name>', help.onlyIn)
    .option('--most <number>', help.most)
    .action(run(searchDocuments));
  configured(group, 'remove', help.remove)
    .argument('<id>', argumentWords[context.language].id)
    .action(run(removeDocument));
};

export async function addDocuments(
  files: readonly string[],
  flags: KnowledgeFlags & { readonly title?: string },
  context: CliContext,
): Promise<ExitCode> {
  const words = knowledgeWords[context.language];
  const { title, collection } = flags;
  if (title !== undefined && files.length > 1) {
    context.err(`${words.oneTitle}\n`);
    return EXIT.usage;
  }
  const api = await adminClient(flags, context);
  const added: KnowledgeDocumentView[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw unreadableFile(file, context, error);
    });
    const query = new URLSearchParams({
      file: basename(file),
      ...(collection !== undefined && { collection }),
      ...(title !== undefined && { title }),
    });
    const answer = await api.call('POST', `/knowledge?${query.toString()}`, new Uint8Array(bytes));
    const { document } = answer as { readonly document: KnowledgeDocumentView };
    added.push(document);
    if (flags.json !== true) context.out(`${words.added(document.title, document.passages, document.id)}\n`);
  }
  if (flags.json === true) context.out(asJson(added));
  return EXIT.ok;
}

export async function listDocuments(flags: KnowledgeFlags, context: CliContext): Promise<ExitCode> {
  const { none, columns } = knowledgeWords[context.language];
  const { documents, embedding } = await answerOf(await adminClient(flags, context));
  const rows = documents.map((document) => [
    document.id.slice(0, 8),
    document.collection,
    document.title,
    document.pages === undefined ? '' : String(document.pages),
    String(document.passages),
    ...(embedding ? [String(document.embedded ?? 0)] : []),
    new Date(document.createdMs).toISOString().slice(0, 10),
  ]);
  const { id, collection, title, pages, passages, embedded, day } = columns;
  const headings = [id, collection, title, pages, passages, ...(embedding ? [embedded] : []), day];
  const text =
    documents.length === 0
      ? `${none}\n`
      : table(headings, rows, (cell, row) => (row < 0 ? context.colours.dim(cell) : cell));
  return printAnswer(flags, context, documents, text + aboutEmbedding(embedding, context));
}

function aboutEmbedding(embedding: EmbeddingView | undefined, { language }: CliContext): string {
  if (embedding === undefined) return '';
  const { model, failing } = embedding;
  const words = knowledgeWords[language];
  if (failing === undefined) return `\n${words.embeddedBy(printable(model))}\n`;
  const since = `${new Date(failing.sinceMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `\n${words.embeddingFails(printable(model), since, printable(failing.reason[language]))}\n`;
}

export async function searchDocuments(
  question: string,
  flags: KnowledgeFlags & { readonly most?: string },
  context: CliContext,
): Promise<ExitCode> {
  const { collection, most } = flags;
  const query = new URLSearchParams({
    q: question,
    ...(collection !== undefined && { collection }),
    ...(most !== undefined && { most }),
  });
  const answer = await (await adminClient(flags, context)).call('GET', `/knowledge/search?${query.toString()}`);
  const { passages } = answer as { readonly passages: readonly FoundPassageView[] };
  const shown = passages.map(({ title, place, text }) => {
    const source = place === '' ? title : `${title}, ${place}`;
    return `${context.colours.bold(source)}\n${text}\n`;
  });
  const text = shown.length === 0 ? `${knowledgeWords[context.language].nothing}\n` : shown.join('\n');
  return printAnswer(flags, context, passages, text);
}

export async function removeDocument(id: string, flags: KnowledgeFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const found = (await documentsOf(api)).filter((document) => document.id.startsWith(id));
  const whole = (found.length === 1 ? found[0]?.id : undefined) ?? id;
  await api.call('DELETE', `/knowledge/${encodeURIComponent(whole)}`);
  return printAnswer(flags, context, { removed: whole }, `${knowledgeWords[context.language].removed}\n`);
}

const documentsOf = async (api: AdminClient): Promise<readonly KnowledgeDocumentView[]> =>
  (await answerOf(api)).documents;

async function answerOf(api: AdminClient): Promise<DocumentsAnswer> {
  return (await api.call('GET', '/knowledge')) as DocumentsAnswer;
}
