/** Requirement of a conversation that a browser lacks, in the order in which a person would fix it. */
export type Missing = 'secure-context' | 'microphone' | 'opus' | 'worklet';

/** Undefined if this browser supports a conversation. `scope`: the window, for tests. */
export function missingForTalk(
  scope: { readonly isSecureContext: boolean; readonly navigator: { readonly mediaDevices?: unknown } } & Readonly<
    Record<string, unknown>
  > = window as never,
): Missing | undefined {
  // The browser hides microphone and codecs in an insecure context, so this is the real cause.
  if (!scope.isSecureContext) return 'secure-context';
  if (scope.navigator.mediaDevices === undefined) return 'microphone';
  if (!('AudioEncoder' in scope) || !('AudioDecoder' in scope)) return 'opus';
  return 'AudioWorkletNode' in scope ? undefined : 'worklet';
}
