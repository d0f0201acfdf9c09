// An old copy of the data was put back: what only one authority may decide waits until an administrator confirms that the
// node goes on without what was lost.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '../../api/client';
import { ConfirmAct } from '../../base/confirm/ConfirmAct';
import { useMe } from '../../base/session';

export function Restoration() {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}><Trans>Go on without it</Trans></Button>
      {asking && <GoOn onClose={() => setAsking(false)} />}
    </>
  );
}

function GoOn({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const client = useQueryClient();
  const mine = me.person.name;
  const node = me.node.title;
  return (
    <ConfirmAct<{ leaf: string }>
      onClose={onClose}
      title={<Trans>Go on without it</Trans>}
      sentence={<Trans>I, <b><bdi>{mine}</bdi></b>, confirm that <b><bdi>{node}</bdi></b> goes on without what was done after the copy that was put back.</Trans>}
      consequences={[
        { icon: <IconHistory size={18} stroke={1.7} />, text: <Trans>What was lost may then be done twice. Look at packages and papers from that time first.</Trans> },
      ]}
      ready
      nothingYet={<Trans>Nothing is let go before your passkey has answered.</Trans>}
      about="restoration"
      prepare={() => body(api.POST('/node/restoration'))}
      onDone={() => {
        void client.invalidateQueries({ queryKey: ['node'] });
        void client.invalidateQueries({ queryKey: ['today'] });
        void client.invalidateQueries({ queryKey: ['me'] });
        onClose();
      }}
    />
  );
}
