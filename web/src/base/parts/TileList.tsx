// Who is behind the tiles, and since when. It was asked for: so it is open when it comes.
import { Plural, Trans } from '@lingui/react/macro';
import { Popover } from '@mantine/core';
import { useState } from 'react';
import classes from './StateTiles.module.css';
import { StateTile, TileButton, type TilesProps, useTileKind } from './StateTiles';

export default function TileList(props: TilesProps) {
  const { parties } = props;
  const kindOf = useTileKind();
  const [opened, setOpened] = useState(true);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <TileButton {...props} onClick={(event) => (event.stopPropagation(), setOpened(!opened))} />
      </Popover.Target>
      <Popover.Dropdown>
        <p className="meta"><Plural value={parties.length} one="One State" other="# States" /></p>
        <ul className={classes.list}>
          {parties.map((party) => (
            <li key={party.node}>
              <StateTile code={party.code} kind={kindOf(party)} />
              <span>
                <bdi>{party.title}</bdi>
                <span className={classes.since}>{party.excluded ? <Trans>does not see it</Trans> : party.since}</span>
              </span>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
