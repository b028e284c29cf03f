// The few icons of the page, drawn with the colour of their text.
import type { ComponentChildren } from 'preact';

export type IconName =
  | 'critical'
  | 'warning'
  | 'info'
  | 'signal'
  | 'closed'
  | 'search'
  | 'moon'
  | 'sun'
  | 'back'
  | 'up'
  | 'down';

const shapes: Readonly<Record<IconName, ComponentChildren>> = {
  critical: (
    <>
      <path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z" fill="currentColor" />
      <path d="M8 4.4v4.2M8 11v.4" class="icon-cut" />
    </>
  ),
  warning: (
    <>
      <path d="M8 1.8 15 14H1z" />
      <path d="M8 6.2v3.6M8 11.9v.2" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.3" />
      <path d="M8 7.4v3.8M8 4.8V5" />
    </>
  ),
  signal: (
    <>
      <path d="M2 5.2 8 2l6 3.2v5.6L8 14l-6-3.2zM2 5.2l6 3.2 6-3.2M8 8.4V14" />
    </>
  ),
  closed: (
    <>
      <circle cx="8" cy="8" r="6.3" />
      <path d="m5.2 8.2 2 2 3.6-4.2" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.6" />
      <path d="m10.5 10.5 3.6 3.6" />
    </>
  ),
  moon: <path d="M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1z" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3" />
    </>
  ),
  back: <path d="M10 2.5 4.5 8l5.5 5.5" />,
  up: <path d="m4 9.5 4-4 4 4" />,
  down: <path d="m4 6.5 4 4 4-4" />,
};

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}
