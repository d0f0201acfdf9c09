// A case at a glance: title, what it is about, at most three acts; what happened; at the side who works here and the file in
// words.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { IconDots, IconFilePlus, IconPackageExport } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Page, useTitle } from '../../../base/page/Page';
import { ButtonLink } from '../../../base/parts/ButtonLink';
import { Fact, Facts, Section } from '../../../base/parts/Card';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { useCase } from '../../../base/space';
import { EmptyState } from '../../../base/states/EmptyState';
import { useFormat } from '../../../base/useFormat';
import { MemberList } from '../members/MemberList';
import { membersQuery, newestQuery } from '../queries';
import { Contested } from './Contested';
import { CorrectCaseDialog } from './CorrectCaseDialog';
import { Happened } from './Happened';
import { StatusDialog } from './StatusDialog';

export function OverviewPage() {
  const { t } = useLingui();
  const format = useFormat();
  const one = useCase();
  useTitle(one.title);
  const members = useSuspenseQuery(membersQuery(one.id)).data.items;
  // Openings stand on each exhibit's way and in the whole record; here they would hide the work.
  const records = useSuspenseQuery(newestQuery(one.id)).data.items.filter(({ type }) => !/^(reading|person)\./.test(type)).slice(0, 12);
  const [dialog, setDialog] = useState<'correct' | 'status' | null>(null);
  const closed = one.status === 'closed';
  return (
    <Page
      title={<bdi>{one.title}</bdi>}
      meta={<ExhibitNumber>{one.reference}</ExhibitNumber>}
      lead={one.summary ? <bdi>{one.summary}</bdi> : undefined}
      actions={
        <>
          {one.may.export && (
            <ButtonLink to="/cases/$space/exports" params={{ space: one.id }} variant="default" leftSection={<IconPackageExport size={18} stroke={1.7} />}>
              <Trans>Export</Trans>
            </ButtonLink>
          )}
          {one.may.add_evidence && (
            <ButtonLink to="/cases/$space/intake" params={{ space: one.id }} leftSection={<IconFilePlus size={18} stroke={1.7} />}><Trans>Add files</Trans></ButtonLink>
          )}
          {(one.may.edit || one.may.close) && (
            <Menu position="bottom-end" shadow="md">
              <Menu.Target><Button variant="default" px={10} aria-label={t`More that can be done`}><IconDots size={18} stroke={1.7} /></Button></Menu.Target>
              <Menu.Dropdown>
                {one.may.edit && <Menu.Item onClick={() => setDialog('correct')}><Trans>Correct the cover</Trans></Menu.Item>}
                {one.may.close && (
                  <Menu.Item onClick={() => setDialog('status')}>{closed ? <Trans>Open the case again</Trans> : <Trans>Close the case</Trans>}</Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        </>
      }
      aside={
        <>
          <Section title={<Trans>Who works here</Trans>} meta={format.number(members.length)} action={<Link to="/cases/$space/members" params={{ space: one.id }}><Trans>See all</Trans></Link>}>
            <MemberList members={members.slice(0, 6)} />
          </Section>
          <Section title={<Trans>The file</Trans>}>
            <Facts>
              <Fact term={<Trans>Offence</Trans>}><bdi>{one.offence || '–'}</bdi></Fact>
              <Fact term={<Trans>Opened</Trans>}>{format.date(one.opened)}</Fact>
              <Fact term={<Trans>State</Trans>}>{closed ? <Trans context="case">Closed</Trans> : <Trans context="case">Open</Trans>}</Fact>
              <Fact term={<Trans>Evidence</Trans>}>
                <Link to="/cases/$space/evidence" params={{ space: one.id }}><Plural value={one.exhibits} _0="no exhibit yet" one="# exhibit" other="# exhibits" /></Link>
              </Fact>
            </Facts>
          </Section>
        </>
      }
    >
      {one.contested && <Contested contested={one.contested} onSettle={one.may.edit ? () => setDialog('correct') : undefined} />}
      {one.exhibits === 0 && one.may.add_evidence && (
        <EmptyState
          title={<Trans>No evidence yet</Trans>}
          action={<ButtonLink to="/cases/$space/intake" params={{ space: one.id }} variant="default"><Trans>Choose files</Trans></ButtonLink>}
        >
          <Trans>Photographs, recordings, documents, device extracts: each file is hashed and proven from the moment it arrives.</Trans>
        </EmptyState>
      )}
      <Section title={<Trans>What happened</Trans>} action={<Link to="/cases/$space/record" params={{ space: one.id }}><Trans>The whole record</Trans></Link>}>
        <Happened records={records} one={one} />
      </Section>
      {dialog === 'correct' && <CorrectCaseDialog onClose={() => setDialog(null)} />}
      {dialog === 'status' && <StatusDialog onClose={() => setDialog(null)} />}
    </Page>
  );
}
