// The name mark: two equal arcs that do not touch make one C. Never mirrored. The word is drawn, not set, so that no
// font has to be there; its colour is the ink around it.
import { word } from './logoWord';

export function LogoMark({ size = 30 }: { size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden>
      <rect width="24" height="24" rx="5.5" fill="#0f4c5c" />
      <path
        fill="#fff"
        d="M4.09 11.15A8.3 8.3 0 0 1 18.71 6.66L15.99 8.95A4.75 4.75 0 0 0 7.68 11.15ZM4.09 12.85A8.3 8.3 0 0 0 18.71 17.34L15.99 15.05A4.75 4.75 0 0 1 7.68 12.85Z"
      />
    </svg>
  );
}

/** Mark and word, for pages without the rail: sign-in, prints. */
export function Logo({ height = 30 }: { height?: number }) {
  return (
    <svg viewBox="0 0 213 52" height={height} width={(height * 213) / 52} role="img" aria-label="Comity">
      <svg width="52" height="52" viewBox="0 0 24 24">
        <LogoMark size={24} />
      </svg>
      <path fill="currentColor" d={word} />
    </svg>
  );
}
