/** What a browser lacks for a conversation, in the order in which a person would fix it. */
export type Missing = 'secure-context' | 'microphone' | 'opus' | 'worklet';

/** Returns undefined if this browser supports conversations. `scope` is the window, or a substitute in tests. */
export function missingForTalk(
  scope: { readonly isSecureContext: boolean; readonly navigator: { readonly mediaDevices?: unknown } } & Readonly<
    Record<string, unknown>
  > = window as never,
): Missing | undefined {
  // In an insecure context the browser hides microphone and codecs, so this is reported first, as the real cause.
  if (!scope.isSecureContext) return 'secure-context';
  if (scope.navigator.mediaDevices === undefined) return 'microphone';
  if (!('AudioEncoder' in scope) || !('AudioDecoder' in scope)) return 'opus';
  return 'AudioWorkletNode' in scope ? undefined : 'worklet';
}
