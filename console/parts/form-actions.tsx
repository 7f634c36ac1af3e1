import type { JSX } from 'preact';

interface FormAction {
  readonly text: string;
  readonly act: () => void;
}

/** The buttons below a form: one saves what was entered, and one tests it, if a test is possible. */
export function FormActions({
  busy,
  tried,
  used,
  unchanged,
}: {
  /** True: one of the two actions is running. */
  readonly busy: boolean;
  readonly tried?: FormAction | undefined;
  readonly used: FormAction;
  /** True: nothing was changed, so there is nothing to save. */
  readonly unchanged: boolean;
}): JSX.Element {
  return (
    <div class="row actions">
      {tried && (
        <button type="button" onClick={tried.act} disabled={busy}>
          {tried.text}
        </button>
      )}
      <button type="button" class="primary" onClick={used.act} disabled={busy || unchanged}>
        {used.text}
      </button>
    </div>
  );
}
