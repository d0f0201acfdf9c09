// The state of an account. In order is quiet: an active account with two passkeys says nothing more.
import { Trans } from '@lingui/react/macro';
import { StateMark } from '../../../base/marks/StateMark';
import type { Person } from './queries';

export function AccountState({ person }: { person: Pick<Person, 'state' | 'passkeys' | 'machine'> }) {
  if (person.state === 'invited') return <StateMark mark="waiting"><Trans context="account">Invited</Trans></StateMark>;
  if (person.state === 'disabled') return <StateMark mark="void"><Trans context="account">Closed</Trans></StateMark>;
  if (!person.machine && person.passkeys < 2) return <StateMark mark="waiting"><Trans>One passkey only</Trans></StateMark>;
  return <Trans context="account">Active</Trans>;
}
