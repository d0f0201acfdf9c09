// Which ways of looking a file has. Nothing but images, sound, video, PDF and text is shown; everything else is bytes to
// be fetched.
import type { ExhibitFile } from '../queries';
import type { View } from '../routes';

export function viewsOf(file: ExhibitFile | undefined): readonly View[] {
  switch (file?.viewable) {
    case 'pdf':
      return ['pages', 'text', 'details', 'original'];
    case 'image':
    case 'audio':
    case 'video':
      return ['pages', 'details', 'original'];
    case 'text':
      return ['text', 'details', 'original'];
    default:
      return ['details', 'original'];
  }
}

/** The view that counts: the one asked for, where the file has it. */
export function viewOf(file: ExhibitFile | undefined, asked: View | undefined): View {
  const views = viewsOf(file);
  return asked && views.includes(asked) ? asked : views[0]!;
}
