// The members of a JSON object; what is an object itself opens below its name.
import { Trans, useLingui } from '@lingui/react/macro';
import { Table, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { type Document, limitsOf, membersOf, type Schema, typeOf } from './document';
import classes from './Reference.module.css';
import { Words } from './Words';

export interface Member {
  name: string;
  /** Beside the name, quietly: where it is given. */
  place?: string;
  required: boolean;
  description?: string | undefined;
  schema: Schema | undefined;
}

export function MemberTable({ document, members, label }: { document: Document; members: readonly Member[]; label: string }) {
  const [opened, setOpened] = useState<readonly string[]>([]);
  const toggle = (name: string) => setOpened((was) => (was.includes(name) ? was.filter((one) => one !== name) : [...was, name]));
  return (
    <div className={classes.scroll} dir="ltr">
      <Table aria-label={label} className={classes.members}>
        <Table.Tbody>
          {members.map((member) => {
            const { name, schema } = member;
            const inner = membersOf(document, schema);
            const open = opened.includes(name);
            return (
              <Fragment key={`${member.place ?? ''} ${name}`}>
                <Row member={member} {...(inner.length > 0 ? { open, onToggle: () => toggle(name) } : {})} />
                {open && (
                  <Table.Tr>
                    <Table.Td colSpan={2} className={classes.inner}><SchemaMembers document={document} schema={schema} label={name} /></Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Row({ member, open, onToggle }: { member: Member; open?: boolean; onToggle?: () => void }) {
  const { t } = useLingui();
  const { name, place, required, schema, description } = member;
  const limits = schema ? limitsOf(schema) : '';
  return (
    <Table.Tr>
      <Table.Th scope="row" className={classes.name}>
        {onToggle ? (
          <UnstyledButton onClick={onToggle} aria-expanded={open} aria-label={t`What is in ${name}`} className={classes.toggle}>
            <IconChevronRight size={14} stroke={1.7} data-open={open} /><code>{name}</code>
          </UnstyledButton>
        ) : (
          <code className={classes.plain}>{name}</code>
        )}
        {place && <span className={classes.quiet}> {place}</span>}
      </Table.Th>
      <Table.Td>
        <p className={classes.type}>
          <code>{typeOf(schema)}</code>
          {required && <span className={classes.must}><Trans>required</Trans></span>}
          {limits && <span className={classes.quiet}>{limits}</span>}
        </p>
        <Words>{description ?? schema?.description}</Words>
      </Table.Td>
    </Table.Tr>
  );
}

export function SchemaMembers({ document, schema, label }: { document: Document; schema: Schema | undefined; label: string }) {
  const members = membersOf(document, schema).map(([name, inner, required]) => ({ name, required, schema: inner }));
  if (members.length === 0) return <p dir="ltr" className={classes.type}><code>{typeOf(schema)}</code></p>;
  return <MemberTable document={document} members={members} label={label} />;
}
