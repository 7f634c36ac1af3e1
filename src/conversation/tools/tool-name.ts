const SAFE_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MAX_NAME_CHARS = 64;

export const toolNamePattern = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Makes a name that models accept. For example, `self.audio_speaker.set_volume` becomes
 * `self_audio_speaker_set_volume`. `taken` contains names that are already in use.
 */
export function safeToolName(name: string, taken: { has(name: string): boolean }): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_NAME_CHARS);
  const base = SAFE_NAME.test(plain) ? plain : 'tool';
  let safe = base;
  for (let number = 2; taken.has(safe); number++) {
    const suffix = `_${number}`;
    safe = base.slice(0, MAX_NAME_CHARS - suffix.length) + suffix;
  }
  return safe;
}

/**
 * Returns the offered name that a model means. Models also use a device's own names, such as `self.get_device_status`,
 * or add a prefix, as in `functions.get_time`.
 */
export function offeredName(name: string, offered: { has(name: string): boolean }): string | undefined {
  const bare = name.replace(/^functions\./u, '');
  return [name, bare, bare.replace(/[^\w-]/gu, '_')].find((candidate) => offered.has(candidate));
}
