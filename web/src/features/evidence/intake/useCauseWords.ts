// Why a file needs somebody, in one sentence, and the one way on.
import { useLingui } from '@lingui/react/macro';
import { useFormat } from '../../../base/useFormat';
import type { TrayFile } from './tray/types';

export interface CauseWords {
  text: string;
  /** What the button does: nothing where only time or somebody else helps. */
  way?: string;
}

export function useCauseWords(): (file: TrayFile) => CauseWords {
  const { t } = useLingui();
  const format = useFormat();
  return (file) => {
    const share = format.percent(file.size > 0 ? file.sent / file.size : 0);
    const begun = file.sent > 0;
    switch (file.cause) {
      case 'line':
        return { text: begun ? t`Broken off at ${share}. The line was lost.` : t`The line was lost.`, way: t`Go on` };
      case 'absent':
        return file.handle
          ? { text: begun ? t`Stopped at ${share}. It goes on when you allow it.` : t`It is sent when you allow it.`, way: t`Go on` }
          : { text: begun ? t`Stopped at ${share}. Choose it again to go on.` : t`Not sent yet. Choose it again.`, way: t`Choose it` };
      case 'unreadable':
        return { text: t`It cannot be read any more: changed, moved or taken out. Put it back, then go on.`, way: t`Go on` };
      case 'full':
        return { text: t`The disk of the node is full. Nothing was lost; taking in waits.`, way: t`Go on` };
      case 'too_large':
        return { text: t`Larger than this node takes. Ask whoever keeps it.` };
      case 'refused':
        return { text: t`The node refused it: you may not add files to this case.` };
      case 'signed_out':
        return { text: t`Your session ended. Sign in, then go on.`, way: t`Go on` };
      default:
        return { text: t`The node could not take it. Nothing was lost.`, way: t`Go on` };
    }
  };
}
