/** A document in the built-in knowledge store, without its text. */
export interface KnowledgeDocument {
  readonly id: string;
  /** Name of the document's collection. Agents choose their collections. */
  readonly collection: string;
  readonly title: string;
  /** `pdf`, `docx`, `markdown` or `text`. */
  readonly format: string;
  readonly bytes: number;
  /** SHA-256 of the file. It identifies a document that is added again. */
  readonly sha256: string;
  /** Undefined: the format has no pages. */
  readonly pages: number | undefined;
  readonly passages: number;
  readonly characters: number;
  readonly createdMs: number;
}

/** A passage of a document. It is found and quoted as a whole. */
export interface KnowledgePassage {
  /** Heading or page of the passage. Empty: unknown. */
  readonly place: string;
  readonly text: string;
}

export interface NewKnowledgeDocument extends Omit<KnowledgeDocument, 'passages'> {
  readonly passages: readonly KnowledgePassage[];
  /** The full-text index of the passages, as the text that the document reader produces. */
  readonly searchIndex: string;
}

/** The vector of a passage from an embedding model. */
export interface PassageVector {
  /** Number of the passage in its document, starting at 0. */
  readonly number: number;
  /** Signed 8-bit numbers in base64, one per dimension. */
  readonly vector: string;
}

/** Documents, passages and vectors. Errors: those of `DeviceStore`. */
export interface KnowledgeStore {
  /** Newest first. */
  documents(): Promise<readonly KnowledgeDocument[]>;
  /** Writes the whole document or nothing. Replaces a document with the same id. */
  keep(document: NewKnowledgeDocument): Promise<void>;
  /** Undefined: there is no document with this id. */
  searchIndexOf(id: string): Promise<string | undefined>;
  /** The passages with these numbers (starting at 0), in this order. Numbers without a passage are left out. */
  passages(id: string, numbers: readonly number[]): Promise<readonly KnowledgePassage[]>;
  /** At most `most` vectors of this model, ordered by passage number, starting at the number `from`. */
  vectors(id: string, model: string, from: number, most: number): Promise<readonly PassageVector[]>;
  /**
   * Adds or replaces the vectors of passages. Vectors of other models are removed. False: the document was removed, or
   * replaced since `createdMs`.
   */
  keepVectors(
    document: Pick<KnowledgeDocument, 'id' | 'createdMs'>,
    model: string,
    vectors: readonly PassageVector[],
  ): Promise<boolean>;
  /** Removes the document with its passages, vectors and index. False: there is no document with this id. */
  remove(id: string): Promise<boolean>;
}
