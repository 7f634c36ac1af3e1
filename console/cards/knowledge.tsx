import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, Documents, FoundPassageView, KnowledgeDocumentView } from '../api.js';
import { localDate } from '../figures.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { Field } from '../parts/field.js';
import { useLanguage, useWords } from '../words/index.js';

interface KnowledgeProps {
  readonly api: Api;
  readonly nowMs: number;
}

/** Documents from which agents answer: add, list, try a question, remove. */
export function KnowledgeCard({ api, nowMs }: KnowledgeProps): JSX.Element {
  const words = useWords();
  const [{ documents, embedding }, setDocuments] = useState<Documents>({ documents: [] });
  const load = useAsk(api.documents, setDocuments, [], nowMs);
  return (
    <Card title={words.knowledge.title} name="knowledge">
      {documents.length === 0 && <p class="soft">{words.knowledge.none}</p>}
      <ul class="list">
        {documents.map((document) => (
          <Document key={document.id} document={document} api={api} onChanged={load} />
        ))}
      </ul>
      {embedding && <Embedding embedding={embedding} />}
      <Add api={api} onChanged={load} />
      {documents.length > 0 && <Try api={api} />}
    </Card>
  );
}

/** The model that computes vectors, and since when its service has been failing. */
function Embedding({
  embedding: { model, failing },
}: {
  readonly embedding: NonNullable<Documents['embedding']>;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  if (failing === undefined) return <p class="soft small">{words.knowledge.embeddedBy(model)}</p>;
  const since = new Date(failing.sinceMs).toLocaleString(language);
  const text = words.knowledge.embeddingFails(model, since, failing.reason[language]);
  return <Feedback outcome={{ kind: 'bad', text }} />;
}

function Document({
  document: { id, title, collection, pages, passages, embedded, createdMs },
  api,
  onChanged,
}: {
  readonly document: KnowledgeDocumentView;
  readonly api: Api;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { running, outcome, confirm } = useAction<'remove'>();
  const remove = (): void =>
    confirm('remove', words.knowledge.removeAsk, async () => {
      await api.removeDocument(id);
      onChanged();
      return undefined;
    });
  const day = localDate(createdMs);
  return (
    <li data-document={id}>
      <div class="row">
        <span>{title}</span>
        <button type="button" class="danger" disabled={running !== undefined} onClick={remove}>
          {words.knowledge.remove}
        </button>
      </div>
      <p class="soft small">{words.knowledge.about(collection, pages, passages, embedded, day)}</p>
      <Feedback outcome={outcome} />
    </li>
  );
}

function Add({ api, onChanged }: { readonly api: Api; readonly onChanged: () => void }): JSX.Element {
  const words = useWords();
  const [file, setFile] = useState<File>();
  const [collection, setCollection] = useState('');
  const { running, outcome, run } = useAction<'add'>();
  const add = (): void => {
    if (file === undefined) return;
    run('add', async () => {
      const { title, passages } = await api.addDocument(file, collection.trim());
      onChanged();
      return { kind: 'good', text: words.knowledge.added(title, passages) };
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Field label={words.knowledge.file}>
        <input
          type="file"
          accept=".pdf,.docx,.md,.markdown,.txt"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? undefined)}
        />
      </Field>
      <Field label={words.knowledge.collection}>
        <input
          type="text"
          value={collection}
          maxLength={40}
          placeholder="general"
          onInput={(event) => setCollection(event.currentTarget.value)}
        />
      </Field>
      <div class="row actions">
        <button type="submit" disabled={file === undefined || running !== undefined}>
          {words.knowledge.add}
        </button>
      </div>
      <Feedback outcome={outcome ?? (running && { kind: 'note', text: words.knowledge.reading })} />
    </form>
  );
}

/** Shows which passages an agent would find for a question. */
function Try({ api }: { readonly api: Api }): JSX.Element {
  const words = useWords();
  const [question, setQuestion] = useState('');
  const [found, setFound] = useState<readonly FoundPassageView[]>([]);
  const { running, outcome, run } = useAction<'search'>();
  const search = (): void =>
    run('search', async () => {
      const passages = await api.searchDocuments(question.trim());
      setFound(passages);
      return passages.length === 0 ? { kind: 'note', text: words.knowledge.nothing } : undefined;
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <Field label={words.knowledge.question}>
        <input
          type="text"
          value={question}
          maxLength={300}
          onInput={(event) => setQuestion(event.currentTarget.value)}
        />
      </Field>
      <div class="row actions">
        <button type="submit" disabled={question.trim() === '' || running !== undefined}>
          {words.knowledge.search}
        </button>
      </div>
      <Feedback outcome={outcome} />
      <ul class="list">
        {found.map(({ documentId, title, place, text }, index) => (
          <li key={`${documentId} ${index}`}>
            <p>{text}</p>
            <p class="soft small">{[title, place].filter(Boolean).join(', ')}</p>
          </li>
        ))}
      </ul>
    </form>
  );
}
