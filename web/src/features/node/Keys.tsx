import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import { Trans } from '@lingui/react/macro';
import { Card, Fact, Facts } from '../../base/parts/Card';
import { useFormat } from '../../base/useFormat';
import type { Status } from './queries';
import classes from './Node.module.css';

const uses = {
  identity: msg`Identity: signs this node’s cards`,
  log: msg`History: signs what was written here`,
  witness: msg`Witness: countersigns for others`,
  tls: msg`Line: between nodes`,
} as const;

export function Keys({ keys }: { keys: Status['keys'] }) {
  const { _ } = useLingui();
  const format = useFormat();
  return (
    <Card>
      <div className={classes.body}>
      <Facts>
        {keys.map((key) => {
          const since = format.date(key.since);
          return (
            <Fact key={key.use + key.key} term={_(uses[key.use])}>
              <bdi dir="ltr" className={classes.key}>{key.key}</bdi> <span className="meta"><Trans>since {since}</Trans></span>
            </Fact>
          );
        })}
      </Facts>
      </div>
    </Card>
  );
}
