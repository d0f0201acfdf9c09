// The short name of a file's kind, as people call it: PDF, JPEG, MP4. By what the node found in it, not by its name.
const names: Record<string, string> = {
  'image/jpeg': 'JPEG', 'image/svg+xml': 'SVG', 'text/plain': 'TXT', 'text/html': 'HTML', 'message/rfc822': 'EML',
  'application/octet-stream': 'BIN', 'audio/mpeg': 'MP3', 'video/quicktime': 'MOV',
};

export function fileKind({ type, name }: { type: string; name: string }): string {
  const known = names[type];
  if (known && known !== 'BIN') return known;
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1]?.toUpperCase();
  const subtype = type.split('/')[1]?.replace(/^x-/, '').toUpperCase() ?? '';
  if (type === 'application/octet-stream' || subtype.length > 5) return ending ?? known ?? subtype;
  return subtype;
}
