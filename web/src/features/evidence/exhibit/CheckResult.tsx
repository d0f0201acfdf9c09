// What a check found: all as it was taken in, or the place of each damage, the place first.
import '@mantine/core/styles/Progress.layer.css';
import { Plural, Trans } from '@lingui/react/macro';
import { Progress } from '@mantine/core';
import { StateMark } from '../../../base/marks/StateMark';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import type { ExhibitFile } from '../queries';
import type { Check } from './useCheck';
import classes from './Verdict.module.css';

export function CheckResult({ check, files }: { check: Check; files: readonly ExhibitFile[] }) {
  const format = useFormat();
  if (check.error) return <ErrorState error={check.error} onRetry={check.start} />;
  if (check.running) {
    const { done = 0, total = 0 } = check.progress ?? {};
    const share = total > 0 ? format.percent(done / total) : '';
    return (
      <div className={classes.check} role="status">
        <Trans>Every file is read and hashed again. {share}</Trans>
        <Progress value={total > 0 ? (100 * done) / total : 0} size={4} aria-label={share} />
      </div>
    );
  }
  const { result } = check;
  if (!result) return null;
  const when = format.timeSeconds(check.at ?? Date.now());
  if (result.ok) {
    const records = result.records.length;
    return (
      <div className={classes.check} role="status">
        <StateMark mark="proven">
          <Plural value={result.files.length} one={`Checked at ${when}: # file is as it was taken in.`} other={`Checked at ${when}: # files are as they were taken in.`} />
        </StateMark>
        <Plural value={records} one="# record matches its proof." other="# records match their proofs." />
      </div>
    );
  }
  const broken = result.files.filter(({ ok }) => !ok);
  const records = result.records.filter(({ ok }) => !ok);
  return (
    <div className={classes.check} role="alert">
      {broken.map(({ n, reason }) => {
        const name = files.find((file) => file.n === n)?.name ?? '';
        return (
          <div key={n}>
            <StateMark mark="damaged"><Trans>Damaged: file {n}, <bdi>{name}</bdi></Trans></StateMark>
            {reason && <p className="meta"><bdi>{reason}</bdi></p>}
          </div>
        );
      })}
      {records.map(({ leaf, reason }) => {
        const short = leaf.slice(0, 8);
        return (
          <div key={leaf}>
            <StateMark mark="damaged"><Trans>Damaged: record <bdi dir="ltr">{short}</bdi></Trans></StateMark>
            {reason && <p className="meta"><bdi>{reason}</bdi></p>}
          </div>
        );
      })}
      <p><Trans>Nothing was deleted. Tell whoever keeps the node, and do not rely on this exhibit until it is settled.</Trans></p>
    </div>
  );
}
