import type { JSX } from 'preact';

interface FormAction {
  readonly text: string;
  readonly act: () => void;
}

/** Two buttons below a form. One saves what was entered, and one tests it if possible. */
export function FormActions({
  busy,
  tried,
  used,
  unchanged,
}: {
  /** True while one of the actions runs. */
  readonly busy: boolean;
  readonly tried?: FormAction | undefined;
  readonly used: FormAction;
  /** True if there is nothing to save. */
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
