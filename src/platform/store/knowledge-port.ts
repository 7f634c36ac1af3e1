/** A document of the built-in knowledge store, without its text. */
export interface KnowledgeDocument {
  readonly id: string;
  /** Name of the collection that it belongs to; agents choose their collections. */
  readonly collection: string;
  readonly title: string;
  /** `pdf`, `docx`, `markdown` or `text`. */
  readonly format: string;
  readonly bytes: number;
  /** SHA-256 of the file, which recognises a document that is added again. */
  readonly sha256: string;
  /** Undefined: a format without pages. */
  readonly pages: number | undefined;
  readonly passages: number;
  readonly characters: number;
  readonly createdMs: number;
}

/** A piece of a document that is found and quoted as a whole. */
export interface KnowledgePassage {
  /** Heading or page of the passage; empty: unknown. */
  readonly place: string;
  readonly text: string;
}

export interface NewKnowledgeDocument extends Omit<KnowledgeDocument, 'passages'> {
  readonly passages: readonly KnowledgePassage[];
  /** The full-text index of the passages as text, made by the reader of the document. */
  readonly searchIndex: string;
}

/** A passage as an embedding model sees it. */
export interface PassageVector {
  /** Number of the passage in its document, from 0. */
  readonly number: number;
  /** Signed 8-bit numbers in base64, one a dimension. */
  readonly vector: string;
}

/** Errors as in `DeviceStore`. */
export interface KnowledgeStore {
  /** Newest first. */
  documents(): Promise<readonly KnowledgeDocument[]>;
  /** Writes the whole document or nothing. Replaces a document of the same id. */
  keep(document: NewKnowledgeDocument): Promise<void>;
  /** Undefined: there is no document of that id. */
  searchIndexOf(id: string): Promise<string | undefined>;
  /** The passages with these numbers (from 0), in their order; numbers without a passage are left out. */
  passages(id: string, numbers: readonly number[]): Promise<readonly KnowledgePassage[]>;
  /**
   * At most `most` vectors of that model, in the order of their passages' numbers, beginning with the number `from`.
   */
  vectors(id: string, model: string, from: number, most: number): Promise<readonly PassageVector[]>;
  /**
   * Adds vectors, or replaces those of the same passages; vectors of other models are removed. False: the document is
   * gone, or was replaced since `createdMs`.
   */
  keepVectors(
    document: Pick<KnowledgeDocument, 'id' | 'createdMs'>,
    model: string,
    vectors: readonly PassageVector[],
  ): Promise<boolean>;
  /** Removes the document with its passages, vectors and index. False: there is no document of that id. */
  remove(id: string): Promise<boolean>;
}
