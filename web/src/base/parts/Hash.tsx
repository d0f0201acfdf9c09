// A hash: first eight and last eight hex digits in groups of four, with a button that copies the whole. On its own page
// the whole, broken anywhere. Always left to right.
import { useLingui } from '@lingui/react/macro';
import { CopyButton } from './CopyButton';
import classes from './Hash.module.css';

export function Hash({ value, whole }: { value: string; whole?: boolean }) {
  const { t } = useLingui();
  if (whole) {
    return (
      <span className={classes.hash}>
        <bdi dir="ltr" className={classes.whole}>{value}</bdi>
        <CopyButton value={value} label={t`Copy the number`} />
      </span>
    );
  }
  const groups = `${value.slice(0, 4)} ${value.slice(4, 8)} … ${value.slice(-8, -4)} ${value.slice(-4)}`;
  return (
    <span className={classes.hash}>
      <bdi dir="ltr" className={classes.short} title={value}>{groups}</bdi>
      <CopyButton value={value} label={t`Copy the number`} />
    </span>
  );
}
