// One's own passkeys and sessions: what opens this account, and where it is open.
import { Trans, useLingui } from '@lingui/react/macro';
import { Page, useTitle } from '../../../base/page/Page';
import { Fact, Facts, Section } from '../../../base/parts/Card';
import { useMe } from '../../../base/session';
import { useFormat } from '../../../base/useFormat';
import { useRoleNames } from '../useRoleNames';
import { Passkeys } from './Passkeys';
import { Sessions } from './Sessions';

export function MePage() {
  const { t } = useLingui();
  const format = useFormat();
  const roleName = useRoleNames();
  const { person, roles, admin } = useMe();
  useTitle(t`My sessions and passkeys`);
  const all = [...roles.map(roleName), ...(admin ? [t`administrator`] : [])];
  return (
    <Page
      title={<Trans>My sessions and passkeys</Trans>}
      aside={
        <Section title={<bdi>{person.name}</bdi>}>
          <Facts>
            {person.title && <Fact term={<Trans>Office</Trans>}><bdi>{person.title}</bdi></Fact>}
            {person.affiliation && <Fact term={<Trans>Body</Trans>}><bdi>{person.affiliation}</bdi></Fact>}
            {all.length > 0 && <Fact term={<Trans>Roles</Trans>}>{format.list(all)}</Fact>}
          </Facts>
          <p className="meta"><Trans>Is something wrong here? Your administrator can correct it.</Trans></p>
        </Section>
      }
    >
      <Passkeys />
      <Sessions />
    </Page>
  );
}
