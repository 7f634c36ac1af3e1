import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';

export interface FormLimits {
  /** Maximum length of a field. The rest of a longer field is dropped. */
  readonly fieldBytes: number;
  /** A form with a larger file is refused as `too large`. */
  readonly fileBytes: number;
}

export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  /** Empty if there is no file. */
  readonly bytes: Buffer;
  readonly fileName: string | undefined;
}

/** `none` means that the content type is not that of a form. `malformed` also covers an incomplete form. */
export type FormFault = 'none' | 'malformed' | 'too large';

const MAX_FIELDS = 4;

/** Reads a form with at most one file. Rejects with the signal's reason, or with the error that `fault` makes. */
export async function readForm(
  contentType: string,
  body: Readable,
  { fieldBytes, fileBytes }: FormLimits,
  fault: (fault: FormFault) => Error,
  signal: AbortSignal,
): Promise<Form> {
  signal.throwIfAborted();
  // A connection may have ended before this call, and its stream then emits no more events.
  if (body.destroyed) throw fault('malformed');
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      body.unpipe();
      body.resume();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const malformed = (): void => fail(fault('malformed'));
    signal.addEventListener('abort', onAbort, { once: true });
    let form: InstanceType<typeof Busboy>;
    try {
      form = new Busboy({
        headers: { 'content-type': contentType },
        limits: { files: 1, fields: MAX_FIELDS, parts: MAX_FIELDS + 2, fieldSize: fieldBytes, fileSize: fileBytes },
      });
    } catch {
      fail(fault('none'));
      return;
    }
    const fields = new Map<string, string>();
    const chunks: Buffer[] = [];
    let fileName: string | undefined;
    form.on('field', (name, value) => fields.set(name, value));
    form.on('file', (_field, file, name) => {
      fileName = name;
      file.on('error', malformed);
      file.on('data', (chunk: Buffer) => chunks.push(chunk));
      file.on('limit', () => fail(fault('too large')));
    });
    form.on('error', malformed);
    form.on('finish', () => {
      signal.removeEventListener('abort', onAbort);
      resolve({ fields, bytes: Buffer.concat(chunks), fileName });
    });
    // A connection that ends early closes without `end`, so its form is incomplete.
    body.once('close', () => {
      if (!body.readableEnded) malformed();
    });
    body.pipe(form);
  });
}
