import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { StateMark } from '../../base/marks/StateMark';
import { Hash } from '../../base/parts/Hash';
import { useSpace } from '../../base/space';
import { useFormat } from '../../base/useFormat';
import classes from './Exports.module.css';
import { type Export, useRemoveExport } from './queries';

export function ExportRow({ item }: { item: Export }) {
  const { t } = useLingui();
  const format = useFormat();
  const remove = useRemoveExport(useSpace());
  const { done, total } = item.progress;
  const by = item.by?.name ?? '';
  const when = format.dateTime(item.created);
  const until = item.expires ? format.date(item.expires) : '';
  return (
    <li className={classes.row}>
      <div>
        <p className={classes.title}>
          {item.whole ? <Trans>The whole case, <Plural value={item.exhibits} one="# exhibit" other="# exhibits" /></Trans> : <Plural value={item.exhibits} one="One chosen exhibit" other="# chosen exhibits" />}
        </p>
        <p className={classes.facts}>
          <Trans>{when}, by <bdi>{by}</bdi></Trans>
          {' · '}
          {item.confirmed === 'person' ? <Trans>confirmed by passkey</Trans> : <Trans>not confirmed by a person</Trans>}
          {item.state === 'ready' && item.size !== null && <>{' · '}{format.bytes(item.size)}</>}
          {item.state === 'ready' && until && <>{' · '}<Trans>kept until {until}</Trans></>}
        </p>
      </div>
      <div className={classes.acts}>
        {item.state === 'ready' && item.file && (
          <>
            <Button component="a" href={item.file} variant="default" leftSection={<IconDownload size={18} stroke={1.7} />}><Trans>Fetch it</Trans></Button>
            <Button variant="subtle" loading={remove.isPending} onClick={() => remove.mutate(item.id)}><Trans>Remove the file</Trans></Button>
          </>
        )}
        {item.state === 'failed' && <StateMark mark="void">{item.detail || <Trans>The file is not here any more</Trans>}</StateMark>}
      </div>
      {item.state === 'ready' && item.sha256 && <div className={classes.wide}><Hash value={item.sha256} /></div>}
      {item.state === 'writing' && (
        <div className={classes.wide} role="status">
          <Progress value={total > 0 ? Math.min(100, (done / total) * 100) : 0} aria-label={t`Writing the package`} />
          <p className={classes.facts}><Trans>Writing the package. You can close this page.</Trans></p>
        </div>
      )}
    </li>
  );
}
