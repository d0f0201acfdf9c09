// What a record says, as a sentence: who did what to what. By the act's type; a type that this app does not know is
// shown by its name. The verbs stand in the past, as the act does.
import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client';
import { unbroken } from '../parts/ExhibitNumber';
import { textOf } from './values';

type Record_ = Pick<Schemas['Record'], 'by' | 'type' | 'subject' | 'summary'>;

function Subject({ record, space }: { record: Record_; space?: string | undefined }): ReactNode {
  const { kind, id, label } = record.subject;
  const text = <bdi>{unbroken(label)}</bdi>;
  if (kind !== 'exhibit' || !space || !id) return text;
  const bare = id.includes('/') ? `${id.split('/')[1]}@${id.split('/')[0]}` : id;
  return <Link to="/cases/$space/evidence/$exhibit" params={{ space, exhibit: bare }}>{text}</Link>;
}

/** A reading is a thing of its own; the exhibit that was read stands in its values. */
function Reading({ record, who, space }: { record: Record_; who: ReactNode; space?: string | undefined }) {
  const { values } = record.summary;
  const exhibit = { ...record, subject: { kind: 'exhibit', id: textOf(values, 'exhibit'), label: textOf(values, 'number') || textOf(values, 'label') } };
  const what = <Subject record={exhibit} space={space} />;
  switch (textOf(values, 'what')) {
    case 'downloaded': return <Trans>{who} downloaded {what}</Trans>;
    case 'printed': return <Trans>{who} printed {what}</Trans>;
    default: return <Trans>{who} opened {what}</Trans>;
  }
}

/** @space: links lead to the exhibits of this case. */
export function RecordSentence({ record, space }: { record: Record_; space?: string | undefined }) {
  const who = record.by ? <b><bdi>{record.by.name}</bdi></b> : <b><Trans>The node</Trans></b>;
  const what = <Subject record={record} space={space} />;
  const whom = <bdi>{textOf(record.summary.values, 'person') || textOf(record.summary.values, 'name') || record.subject.label}</bdi>;
  const type = record.type.replace(/\/\d+$/, '');
  switch (type) {
    case 'case.opened': return <Trans>{who} opened the case</Trans>;
    case 'case.corrected': return <Trans>{who} corrected what stands on the case’s cover</Trans>;
    case 'case.closed': return <Trans>{who} closed the case</Trans>;
    case 'case.reopened': return <Trans>{who} opened the case again</Trans>;
    case 'member.added': return <Trans>{who} let {whom} work on the case</Trans>;
    case 'member.removed': return <Trans>{who} took {whom} off the case</Trans>;
    case 'exhibit.added': return <Trans>{who} took in {what}</Trans>;
    case 'exhibit.extended': return <Trans>{who} added files to {what}</Trans>;
    case 'exhibit.corrected': return <Trans>{who} corrected {what}</Trans>;
    case 'exhibit.sealed': return <Trans>{who} sealed {what}</Trans>;
    case 'reading.made': return <Reading record={record} who={who} space={space} />;
    case 'export.made': return <Trans>{who} exported a package</Trans>;
    case 'person.introduced': return <Trans>{who} introduced {whom}</Trans>;
    case 'person.named': return <Trans>{who} wrote the name of {whom}</Trans>;
    case 'person.withdrawn': return <Trans>{who} withdrew {whom}</Trans>;
    case 'person.admitted': return <Trans>{who} gave {whom} an account</Trans>;
    case 'person.renamed': return <Trans>{who} corrected what {whom} is called</Trans>;
    case 'person.roles_changed': return <Trans>{who} changed the roles of {whom}</Trans>;
    case 'person.disabled': return <Trans>{who} closed the account of {whom}</Trans>;
    case 'person.enabled': return <Trans>{who} opened the account of {whom} again</Trans>;
    case 'passkey.added': return <Trans>{who} added a passkey</Trans>;
    case 'passkey.labelled': return <Trans>{who} gave a passkey another label</Trans>;
    case 'passkey.removed': return <Trans>{who} removed a passkey</Trans>;
    case 'invitation.made': return <Trans>{who} invited {whom}</Trans>;
    case 'invitation.used': return <Trans>{whom} came by invitation</Trans>;
    case 'invitation.withdrawn': return <Trans>{who} withdrew an invitation</Trans>;
    case 'invitation.questioned': return <Trans>{whom} said that an invitation is wrong</Trans>;
    case 'token.made': return <Trans>{who} made a token for a program</Trans>;
    case 'token.revoked': return <Trans>{who} revoked a token</Trans>;
    case 'lane.chartered': return <Trans>{who} began this record</Trans>;
    case 'feed.continued': return <Trans>{who} went on in a new part of the record</Trans>;
    case 'restoration.confirmed': return <Trans>{who} confirmed that the node goes on without what was lost</Trans>;
    case 'fork.found': return <Trans>{who} found that a history was written twice</Trans>;
    case 'erased': return <Trans>{who} erased records by order</Trans>;
    case '': return <Trans>{who} wrote something that is not here</Trans>;
    default: return <Trans>{who} wrote <bdi dir="ltr">{type}</bdi></Trans>;
  }
}
