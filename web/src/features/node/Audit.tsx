// Verifying everything that the node holds, again.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Progress, Stack } from '@mantine/core';
import { StateMark } from '../../base/marks/StateMark';
import { Section } from '../../base/parts/Card';
import { ErrorState } from '../../base/states/ErrorState';
import { useFormat } from '../../base/useFormat';
import classes from './Node.module.css';
import { type Status, useJob, useStartAudit } from './queries';

interface Found {
  code: string;
  sentence?: string;
  detail?: string;
}

export function Audit({ last }: { last: Status['last_audit'] }) {
  const { t } = useLingui();
  const format = useFormat();
  const start = useStartAudit();
  const job = useJob(start.data?.id).data;
  const running = start.isPending || (job && job.state !== 'done' && job.state !== 'failed');
  const when = last ? format.dateTime(last.finished) : '';
  const result = job?.result as { damages?: Found[]; findings?: Found[] } | null | undefined;
  const found = result?.damages ?? result?.findings ?? [];
  return (
    <Section title={<Trans>Check everything</Trans>}>
      <Stack gap={12}>
        <p><Trans>Reads every record, file and row again and compares them with their proofs. Work goes on meanwhile.</Trans></p>
        {last && (
          <StateMark mark={last.ok ? 'proven' : 'damaged'}>
            {last.ok ? <Trans>Nothing damaged, {when}</Trans> : <Plural value={last.findings} one="# thing damaged" other="# things damaged" />}
          </StateMark>
        )}
        {found.length > 0 && <ul className={classes.findings}>{found.map((one, at) => <li key={at}>{one.sentence ?? one.detail ?? one.code}</li>)}</ul>}
        {running && <Progress value={job && job.progress.total > 0 ? (job.progress.done / job.progress.total) * 100 : 5} aria-label={t`Checking everything`} />}
        {job?.state === 'failed' && <StateMark mark="void">{job.detail}</StateMark>}
        {start.error && <ErrorState error={start.error} />}
        <Button variant="default" loading={Boolean(running)} onClick={() => start.mutate()}><Trans>Check everything now</Trans></Button>
      </Stack>
    </Section>
  );
}
