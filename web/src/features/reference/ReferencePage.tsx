// The reference of the API: its subjects at the side, their operations with everything they take and answer. It stands
// outside of the app's frame, for a reader who need not have an account here.
import { Trans, useLingui } from '@lingui/react/macro';
import { Accordion, Anchor, TextInput } from '@mantine/core';
import '@mantine/core/styles/Accordion.layer.css';
import { IconSearch } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { LanguagePicker } from '../../base/locale/LanguagePicker';
import { Logo } from '../../base/page/Logo';
import { useTitle } from '../../base/page/Page';
import { EmptyState } from '../../base/states/EmptyState';
import { type Document, documentQuery, type Group, groupsOf } from './document';
import { OperationView } from './OperationView';
import classes from './Reference.module.css';
import type { ReferenceSearch } from './routes';
import { Words } from './Words';

export function ReferencePage() {
  const { t } = useLingui();
  useTitle(t`Reference of the API`);
  const document = useSuspenseQuery(documentQuery).data;
  const search = useSearch({ from: '/api' });
  const navigate = useNavigate({ from: '/api' });
  const change = (next: Partial<ReferenceSearch>) => void navigate({ search: (was) => ({ ...was, ...next }), replace: true, resetScroll: false });
  const groups = groupsOf(document, search.q);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <Link to="/" aria-label={t`To the app`}><Logo height={24} /></Link>
        <TextInput
          className={classes.search} leftSection={<IconSearch size={16} stroke={1.7} />} aria-label={t`Search the reference`} placeholder={t`Search the reference`}
          defaultValue={search.q ?? ''} onChange={({ currentTarget }) => change({ q: currentTarget.value || undefined })}
        />
        <LanguagePicker />
      </header>
      <nav className={classes.subjects} aria-label={t`Subjects`}>
        {groups.map(({ name, operations }) => (
          <Anchor key={name} href={`#${name}`} underline="never" className={classes.subject}><span dir="ltr">{name}</span><span className={classes.quiet}>{operations.length}</span></Anchor>
        ))}
      </nav>
      <main className={classes.content}>
        <h1><Trans>Reference of the API</Trans></h1>
        <p><Anchor href="/api/v1/openapi.json"><Trans>The same as an OpenAPI 3.1 document</Trans></Anchor></p>
        {!search.q && <Words>{document.info.description}</Words>}
        {groups.length === 0 && <EmptyState title={<Trans>Nothing here is called like that</Trans>}><Trans>Search with fewer letters.</Trans></EmptyState>}
        {groups.map((group) => (
          <Subject key={group.name} document={document} group={group} open={search.open} onOpen={(open) => change({ open })} />
        ))}
      </main>
    </div>
  );
}

interface SubjectProps {
  document: Document;
  group: Group;
  open: string | undefined;
  onOpen: (operation: string | undefined) => void;
}

function Subject({ document, group, open, onOpen }: SubjectProps) {
  const { name, description, operations } = group;
  const mine = operations.some(({ operationId }) => operationId === open);
  return (
    <section id={name} className={classes.group}>
      <h2 dir="ltr">{name}</h2>
      <Words>{description}</Words>
      <Accordion value={mine ? open! : null} onChange={(value) => onOpen(value ?? undefined)} order={3} variant="separated" transitionDuration={0}>
        {operations.map((operation) => (
          <Accordion.Item key={operation.operationId} value={operation.operationId} id={operation.operationId}>
            <Accordion.Control>
              <span dir="ltr" className={classes.line}>
                <span className={classes.method} data-method={operation.method}>{operation.method}</span>
                <code className={classes.path}>{operation.path}</code>
                <span lang="en" className={classes.quiet}>{operation.summary}</span>
              </span>
            </Accordion.Control>
            <Accordion.Panel>{operation.operationId === open && <OperationView document={document} operation={operation} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}
