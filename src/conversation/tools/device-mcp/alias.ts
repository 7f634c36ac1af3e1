/** What models accept as a function name. */
const SAFE_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MAX_ALIAS_CHARS = 64;

/**
 * A name for a device's tool that models accept: `self.audio_speaker.set_volume` becomes `self_audio_speaker_set_volume`.
 * `taken` keeps aliases apart that would be equal.
 */
export function aliasFor(name: string, taken: { has(alias: string): boolean }): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_ALIAS_CHARS);
  const base = SAFE_NAME.test(plain) ? plain : 'tool';
  let alias = base;
  for (let number = 2; taken.has(alias); number++) {
    const suffix = `_${number}`;
    alias = base.slice(0, MAX_ALIAS_CHARS - suffix.length) + suffix;
  }
  return alias;
}
