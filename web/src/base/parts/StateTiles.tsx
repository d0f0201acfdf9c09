// Who sees it. Our own tile is plain, foreign eyes are tinted, excluded ones dashed and struck (in tables a dash in
// their place, so that columns align). Over four: three tiles and "+ 9". The list behind them comes on click: it is no part of a
// page's first load.
import { useLingui } from '@lingui/react/macro';
import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { type ComponentProps, lazy, Suspense, useState } from 'react';
import { useMe } from '../session';
import classes from './StateTiles.module.css';

export interface StateParty {
  /** The node's name. */
  node: string;
  /** The authority. */
  title: string;
  /** What the tile shows: the letters of the State. */
  code: string;
  excluded?: boolean;
  /** Since when it sees this, in words. */
  since?: string;
}

type Kind = 'own' | 'foreign' | 'excluded';

/** One tile without a list behind it: beside a name in a time line. */
export function StateTile({ code, kind }: { code: string; kind: Kind }) {
  return <abbr className={classes.tile} data-kind={kind} dir="ltr">{code}</abbr>;
}

export function useTileKind(): (party: Pick<StateParty, 'node' | 'excluded'>) => Kind {
  const own = useMe().node.name;
  return (party) => (party.excluded ? 'excluded' : party.node === own ? 'own' : 'foreign');
}

const most = 4;
const TileList = lazy(() => import('./TileList'));

export interface TilesProps {
  parties: readonly StateParty[];
  /** In a table: an excluded State is a dash. */
  inTable?: boolean;
}

export function StateTiles(props: TilesProps) {
  const [wanted, setWanted] = useState(false);
  const tiles = <TileButton {...props} aria-haspopup="dialog" aria-expanded={false} onClick={(event) => (event.stopPropagation(), setWanted(true))} />;
  return wanted ? <Suspense fallback={tiles}><TileList {...props} /></Suspense> : tiles;
}

export function TileButton({ parties, inTable, ...button }: TilesProps & ComponentProps<'button'>) {
  const { t } = useLingui();
  const kindOf = useTileKind();
  const shown = parties.length > most ? parties.slice(0, most - 1) : parties;
  const more = parties.length - shown.length;
  const seeing = parties.filter((party) => !party.excluded).map((party) => party.title).join(', ');
  return (
    <UnstyledButton {...button} className={classes.tiles}>
      {shown.map((party) =>
        inTable && party.excluded ? (
          <span key={party.node} className={classes.dash}>–</span>
        ) : (
          <StateTile key={party.node} code={party.code} kind={kindOf(party)} />
        ),
      )}
      {more > 0 && <span className={classes.more}>+ {more}</span>}
      <VisuallyHidden>{t`Seen by ${seeing}`}</VisuallyHidden>
    </UnstyledButton>
  );
}
