// One row of the palette: the words, the English beside them where the page is not English, and the key.
import { useLingui } from '@lingui/react';
import { Spotlight } from '@mantine/spotlight';
import { Keys } from '../../base/keys/Keys';
import type { OfferedAction } from '../useActions';
import { hit } from './match';
import classes from './Palette.module.css';

function Marked({ text, query }: { text: string; query: string }) {
  const place = hit(query, text);
  if (!place) return <>{text}</>;
  const [from, to] = place;
  return <>{text.slice(0, from)}<mark>{text.slice(from, to)}</mark>{text.slice(to)}</>;
}

interface Props {
  row: OfferedAction;
  query: string;
  english: string;
  onPerform: () => void;
}

export function PaletteRow({ row: { action, refused }, query, english, onPerform }: Props) {
  const { _ } = useLingui();
  const label = _(action.label);
  return (
    <Spotlight.Action className={classes.row} onClick={onPerform} aria-disabled={refused ? true : undefined} closeSpotlightOnTrigger={!refused}>
      <action.icon size={18} stroke={1.7} />
      <span><Marked text={label} query={query} /></span>
      {english !== label && <bdi lang="en" dir="ltr" className={classes.second}><Marked text={english} query={query} /></bdi>}
      {refused && <span className={classes.second}>{_(refused)}</span>}
      <span className={classes.fill} />
      {action.keys && !refused && <Keys keys={action.keys} />}
    </Spotlight.Action>
  );
}
