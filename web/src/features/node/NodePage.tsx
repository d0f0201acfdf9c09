// One sentence of health on top; then identity, keys, storage, proofs and the audit.
import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Page, useTitle } from '../../base/page/Page';
import { Card, Fact, Facts, Section } from '../../base/parts/Card';
import { Notice } from '../../base/states/Notice';
import { useMe } from '../../base/session';
import { useFormat } from '../../base/useFormat';
import { useNoticeWords } from '../../base/words/useNoticeWords';
import { Audit } from './Audit';
import { Identity } from './Identity';
import { Keys } from './Keys';
import classes from './Node.module.css';
import { statusQuery } from './queries';
import { Restoration } from './Restoration';

export function NodePage() {
  const { t } = useLingui();
  useTitle(t`Node`);
  const format = useFormat();
  const me = useMe();
  const words = useNoticeWords();
  const status = useSuspenseQuery(statusQuery).data;
  const { storage, anchors } = status;
  const last = anchors.last ? format.dateTime(anchors.last) : '';
  const free = format.bytes(storage.free);
  return (
    <Page
      title={<bdi>{me.node.title}</bdi>}
      meta={<bdi dir="ltr">{me.node.name}</bdi>}
      lead={status.notices.length === 0 ? <Trans>This node is in order. Free on its disk: {free}.</Trans> : undefined}
      aside={<Audit last={status.last_audit} />}
    >
      {status.notices.map((notice) => {
        const { title, text } = words({ code: notice.code, values: notice.values ?? {} });
        const action = notice.code === 'node.restored' ? <Restoration /> : undefined;
        return <Notice key={notice.code} kind={notice.severity === 'danger' ? 'error' : 'empty'} title={title} action={action}>{text}</Notice>;
      })}
      <Section title={<Trans>Identity</Trans>}><Identity status={status} /></Section>
      <Section title={<Trans>Keys</Trans>}><Keys keys={status.keys} /></Section>
      <Section title={<Trans>Storage</Trans>}>
        <Card>
          <div className={classes.body}>
          <Facts>
            <Fact term={<Trans>Files</Trans>}>{format.number(storage.blobs)} · {format.bytes(storage.data_bytes)}</Fact>
            <Fact term={<Trans>Records</Trans>}>{format.number(storage.records)} · {format.bytes(storage.database)}</Fact>
            <Fact term={<Trans>Free on the disk</Trans>}>{free}</Fact>
            <Fact term={<Trans>Master key</Trans>}>
              {status.master_key.source === 'credential' ? <Trans>a system credential</Trans> : status.master_key.source === 'passphrase' ? <Trans>a passphrase</Trans> : status.master_key.same_disk ? <Trans>a file on the same disk as the data: move it away</Trans> : <Trans>a file on another disk</Trans>}
            </Fact>
          </Facts>
          </div>
        </Card>
      </Section>
      <Section title={<Trans>Proofs</Trans>}>
        <Card>
          <div className={classes.body}>
          <Facts>
            <Fact term={<Trans>Histories</Trans>}>{format.number(status.feeds)}</Fact>
            <Fact term={<Trans>Anchors</Trans>}>{format.number(anchors.count)}{last && <> · <Trans>the last one {last}</Trans></>}</Fact>
            <Fact term={<Trans>Time-stamping authority</Trans>}>{anchors.tsa ?? <Trans>none</Trans>}</Fact>
            <Fact term={<Trans>Version</Trans>}><bdi dir="ltr">{status.version}</bdi></Fact>
          </Facts>
          </div>
        </Card>
      </Section>
    </Page>
  );
}
