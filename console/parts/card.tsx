import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

/** `data` becomes `data-…` attributes, which tests read. */
export function Card({
  title,
  aside,
  name,
  children,
  data = {},
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly name: string;
  readonly children: ComponentChildren;
  readonly data?: Readonly<Record<`data-${string}`, string | number>>;
}): JSX.Element {
  const id = useId();
  return (
    <section class={`card ${name}`} aria-labelledby={id} {...data}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
