import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { both, ChorusError } from '../../core/index.js';

/** A photo of a board's camera has 20 to 200 kB. */
export const MAX_PICTURE_BYTES = 2 * 1024 * 1024;
/** A question is a sentence or two. */
const MAX_QUESTION_BYTES = 4096;

export interface PictureForm {
  readonly question: string;
  readonly bytes: Buffer;
}

/**
 * Reads the device's form (docs/protocol.md 8.1): `question`, then `file`. Stops reading a form that is too large.
 * Errors: `vision.bad_picture`, or the signal's reason.
 */
export async function readPictureForm(contentType: string, body: Readable, signal: AbortSignal): Promise<PictureForm> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      body.unpipe();
      body.resume();
      reject(error);
    };
    const bad = (en: string, zh: string): void => fail(new ChorusError('vision.bad_picture', both(en, zh)));
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    let form: InstanceType<typeof Busboy>;
    try {
      form = new Busboy({
        headers: { 'content-type': contentType },
        limits: { files: 1, fields: 4, parts: 6, fieldSize: MAX_QUESTION_BYTES, fileSize: MAX_PICTURE_BYTES },
      });
    } catch {
      bad('the body is no multipart form', '请求体不是 multipart 表单');
      return;
    }
    let question = '';
    const chunks: Buffer[] = [];
    form.on('field', (name, value) => {
      if (name === 'question') question = value;
    });
    form.on('file', (_name, file) => {
      file.on('error', () => bad('the form is cut or malformed', '表单不完整或格式不对'));
      file.on('data', (chunk: Buffer) => chunks.push(chunk));
      file.on('limit', () => bad('the picture is larger than 2 MB', '图片大于 2 MB'));
    });
    form.on('error', () => bad('the form is cut or malformed', '表单不完整或格式不对'));
    form.on('finish', () => {
      signal.removeEventListener('abort', onAbort);
      resolve({ question, bytes: Buffer.concat(chunks) });
    });
    // A connection that ends early emits no `end`.
    body.once('close', () => {
      if (!body.readableEnded) bad('the form is cut or malformed', '表单不完整或格式不对');
    });
    body.pipe(form);
  });
}
