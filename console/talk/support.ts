/** What a browser lacks for talking, in the order in which a person would mend it. */
export type Missing = 'secure-context' | 'microphone' | 'opus' | 'worklet';

/** Undefined: this browser can talk. `scope`: the window, for tests. */
export function missingForTalk(
  scope: { readonly isSecureContext: boolean; readonly navigator: { readonly mediaDevices?: unknown } } & Readonly<
    Record<string, unknown>
  > = window as never,
): Missing | undefined {
  // Without it the browser hides microphone and codecs: that is the cause, whatever else is not there.
  if (!scope.isSecureContext) return 'secure-context';
  if (scope.navigator.mediaDevices === undefined) return 'microphone';
  if (!('AudioEncoder' in scope) || !('AudioDecoder' in scope)) return 'opus';
  return 'AudioWorkletNode' in scope ? undefined : 'worklet';
}
