// What somebody has to know, by its code. The node sends codes and values; the words are ours, in six languages.
import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '../../api/client';
import { textOf } from './values';

export interface NoticeWords {
  title: string;
  text: string;
}

export function useNoticeWords(): (notice: Pick<Schemas['Notice'], 'code' | 'values'>) => NoticeWords {
  const { t } = useLingui();
  return ({ code, values }) => {
    const name = textOf(values, 'name');
    switch (code) {
      case 'passkey.counter':
        return {
          title: t`A passkey may have been copied`,
          text: t`It counted backwards when it was last used. Remove it, make a new one, and tell your administrator.`,
        };
      case 'node.restored':
        return {
          title: t`This node was restored from a backup`,
          text: t`What was done after that copy may be lost. No case from before is closed, opened again or sealed in until an administrator confirms that the node goes on without.`,
        };
      case 'identity.present':
        return {
          title: t`The identity key still lies on this machine`,
          text: t`Take it off, and keep it where nobody reaches it over a line. Whoever has it can speak for this authority.`,
        };
      case 'master_key.same_disk':
        return {
          title: t`The master key lies on the disk that it protects`,
          text: t`Whoever takes the disk can read all. Move the key to another disk, or into the machine's own vault.`,
        };
      case 'invitation.wrong':
        return { title: t`An invitation names somebody wrongly`, text: t`${name} says that something is wrong. Ask, then invite anew.` };
      case 'audit.findings':
        return { title: t`The last check found damage`, text: t`Nothing was deleted. Open the node's page: it names each place.` };
      case 'storage.low':
        return { title: t`The disk is nearly full`, text: t`Taking in will wait when it is full. Make room, or add a disk.` };
      default:
        return { title: t`The node has something to say`, text: code };
    }
  };
}
