// The frame of a case: the way to it in the top bar, its tabs, who shares it. The pages of other features stand in it.
import { Trans, useLingui as useMacro } from '@lingui/react/macro';
import { useLingui } from '@lingui/react';
import { IconChevronRight } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import type { SpaceTab } from '../../../base/feature';
import { PrintHead } from '../../../base/page/PrintHead';
import { Tabbed } from '../../../base/page/Tabbed';
import { Where } from '../../../base/page/TopBar';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { StateTiles } from '../../../base/parts/StateTiles';
import { useCase } from '../../../base/space';

/** @tabs: of all features, in their order. */
export function CaseLayout({ tabs }: { tabs: readonly SpaceTab[] }) {
  const { _ } = useLingui();
  const { t } = useMacro();
  const space = useCase();
  const parties = space.parties.map(({ node, title, country }) => ({ node, title, code: country }));
  return (
    <>
      <Where>
        <Link to="/cases"><Trans>Cases</Trans></Link>
        <IconChevronRight className="directional" size={16} stroke={1.7} />
        <ExhibitNumber>{space.reference}</ExhibitNumber>
        <b dir="auto">{space.title}</b>
      </Where>
      <Tabbed
        label={t`The case`}
        tabs={tabs.map(({ path, label, also }) => ({
          to: path ? `/cases/${space.id}/${path}` : `/cases/${space.id}`,
          label: _(label),
          exact: path === '',
          also: also?.map((other) => `/cases/${space.id}/${other}`),
          ...(path === 'evidence' ? { count: space.exhibits } : {}),
        }))}
        end={<><Trans>This space is shared by</Trans> <StateTiles parties={parties} /></>}
      >
        <PrintHead number={space.reference} parties={parties.map(({ title }) => title)} />
        <Outlet />
      </Tabbed>
    </>
  );
}
