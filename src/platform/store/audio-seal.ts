import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ChorusError } from '../../core/index.js';
import type { AudioSide } from './audio-port.js';
import { storeWords } from './words.js';

/** First bytes of sealed audio. The number changes with the layout. */
const MAGIC = Buffer.from('chorus-audio-1\n');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Derives the key for audio from the server's secret. The secret itself encrypts nothing. */
export function audioKey(serverSecretHex: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(serverSecretHex, 'hex'), '', 'chorus audio of turns', 32));
}

/** Encrypts with AES-256-GCM. Decryption needs the same key, turn and side. */
export function sealAudio(key: Buffer, turnId: string, side: AudioSide, audio: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bound(turnId, side));
  const encrypted = [cipher.update(audio), cipher.final()];
  return Buffer.concat([MAGIC, nonce, cipher.getAuthTag(), ...encrypted]);
}

/** Error: `history.audio_damaged` if the audio was changed, or if key, turn or side differ. */
export function openAudio(key: Buffer, turnId: string, side: AudioSide, sealed: Uint8Array): Uint8Array {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const nonceEnd = MAGIC.length + NONCE_BYTES;
  const tagEnd = nonceEnd + TAG_BYTES;
  try {
    if (bytes.length < tagEnd || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('no sealed audio');
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(MAGIC.length, nonceEnd), { authTagLength: TAG_BYTES })
      .setAAD(bound(turnId, side))
      .setAuthTag(bytes.subarray(nonceEnd, tagEnd));
    return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
  } catch (error) {
    throw new ChorusError('history.audio_damaged', storeWords.sealed(turnId), {
      cause: error,
      details: { turn: turnId, side },
    });
  }
}

const bound = (turnId: string, side: AudioSide): Buffer => Buffer.from(`${MAGIC.toString()}${turnId}\n${side}`);
