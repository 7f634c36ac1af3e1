/** A document without its text. */
export interface KnowledgeDocument {
  readonly id: string;
  /** Agents choose the collections that they use. */
  readonly collection: string;
  readonly title: string;
  /** `pdf`, `docx`, `markdown` or `text`. */
  readonly format: string;
  readonly bytes: number;
  /** SHA-256 of the file. A document that is added again has the same value. */
  readonly sha256: string;
  /** Undefined if the format has no pages. */
  readonly pages: number | undefined;
  readonly passages: number;
  readonly characters: number;
  readonly createdMs: number;
}

/** A passage is found and quoted as a whole. */
export interface KnowledgePassage {
  /** Heading or page of the passage. Empty if unknown. */
  readonly place: string;
  readonly text: string;
}

export interface NewKnowledgeDocument extends Omit<KnowledgeDocument, 'passages'> {
  readonly passages: readonly KnowledgePassage[];
  /** The full-text index of the passages, as the document reader writes it. */
  readonly searchIndex: string;
}

export interface PassageVector {
  /** Number of the passage in its document, starting at 0. */
  readonly number: number;
  /** Signed 8-bit numbers in base64, one per dimension. */
  readonly vector: string;
}

/** Errors: those of `DeviceStore`. */
export interface KnowledgeStore {
  /** Newest first. */
  documents(): Promise<readonly KnowledgeDocument[]>;
  /** Writes the whole document or nothing. */
  keep(document: NewKnowledgeDocument): Promise<void>;
  searchIndexOf(id: string): Promise<string | undefined>;
  /** Returns passages in the order of `numbers`, which start at 0. Unknown numbers are left out. */
  passages(id: string, numbers: readonly number[]): Promise<readonly KnowledgePassage[]>;
  /** Returns at most `most` vectors, ordered by passage number and starting at `from`. */
  vectors(id: string, model: string, from: number, most: number): Promise<readonly PassageVector[]>;
  /** Replaces vectors of other models. Returns false if the document was removed, or replaced since `createdMs`. */
  keepVectors(
    document: Pick<KnowledgeDocument, 'id' | 'createdMs'>,
    model: string,
    vectors: readonly PassageVector[],
  ): Promise<boolean>;
  /** Also removes passages, vectors and index. Returns false for an unknown id. */
  remove(id: string): Promise<boolean>;
}
