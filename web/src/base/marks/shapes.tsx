// The silhouettes of the states on a 16x16 grid. `currentColor` is the state's colour, `--ground` what lies behind the
// mark: a state must read by its shape alone, in black on white.
import type { ReactNode } from 'react';

export type Mark =
  | 'proven' | 'cosigned' | 'claimed' | 'sealed' | 'waiting' | 'simultaneous' | 'conflict' | 'withheld' | 'erased'
  | 'void' | 'damaged' | 'protected' | 'harmful';

const solid = { fill: 'currentColor' };
const stroke = (width: number) => ({ fill: 'none', stroke: 'currentColor', strokeWidth: width });
const cut = (width: number) => ({ fill: 'none', stroke: 'var(--ground)', strokeWidth: width });
const round = { strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

export const shapes: Record<Mark, ReactNode> = {
  proven: (
    <>
      <circle cx="8" cy="8" r="7.25" {...solid} />
      <path d="M4.6 8.3l2.4 2.4 4.5-5" {...cut(1.9)} {...round} />
    </>
  ),
  cosigned: (
    <>
      <circle cx="8" cy="8" r="6.6" {...stroke(1.5)} />
      <circle cx="8" cy="8" r="3.6" {...solid} />
    </>
  ),
  claimed: <circle cx="8" cy="8" r="6.4" {...stroke(1.7)} strokeDasharray="2.7 2.3" />,
  sealed: (
    <>
      <path d="M8 .6l6.4 3.7v7.4L8 15.4 1.6 11.7V4.3z" {...solid} />
      <path d="M5.6 7.6h4.8v3.6H5.6zM6.4 7.6V6.2a1.6 1.6 0 0 1 3.2 0v1.4" {...cut(1.3)} strokeLinejoin="round" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="6.6" {...stroke(1.5)} />
      <path d="M8 4.2V8l2.6 1.8" {...stroke(1.5)} {...round} />
    </>
  ),
  simultaneous: <path d="M4.6 1.5v13M11.4 1.5v13" {...stroke(2.6)} />,
  conflict: (
    <path d="M8 15V9.2L2.6 2.6M8 9.2l5.4-6.6M2.4 6V2.4H6M10 2.4h3.6V6" {...stroke(1.7)} strokeLinejoin="round" />
  ),
  withheld: (
    <>
      <path d="M1 5h14v6H1z" {...solid} />
      <path d="M1 2.2h14M1 13.8h9" {...stroke(1.3)} />
    </>
  ),
  erased: (
    <>
      <rect x="2" y="2" width="12" height="12" {...stroke(1.4)} strokeDasharray="2.4 1.8" />
      <path d="M3.6 12.4l8.8-8.8" {...stroke(1.4)} />
    </>
  ),
  void: (
    <>
      <circle cx="8" cy="8" r="6.4" {...stroke(1.6)} />
      <path d="M3.5 12.5l9-9" {...stroke(1.6)} />
    </>
  ),
  damaged: (
    <>
      <path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" {...solid} />
      <path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" {...cut(1.8)} strokeLinecap="round" />
    </>
  ),
  protected: (
    <>
      <circle cx="8" cy="5.2" r="4.2" {...solid} />
      <path d="M1.2 15.4c.4-4 3-5.4 6.8-5.4s6.4 1.4 6.8 5.4z" {...solid} />
      <path d="M3 5.2h10" {...cut(1.9)} />
    </>
  ),
  harmful: (
    <>
      <path d="M1 8s2.6-4.8 7-4.8S15 8 15 8s-2.6 4.8-7 4.8S1 8 1 8z" {...stroke(1.4)} strokeLinejoin="round" />
      <path d="M2.4 14L13.6 2" {...stroke(1.4)} strokeLinecap="round" />
    </>
  ),
};
