// Keys by their place on the keyboard (event.code), so that they work on Arabic and Russian layouts; shown by the
// letter that a Latin keyboard has there.

/** ['KeyG', 'KeyT']: one after the other. ['Mod+KeyK']: together with Ctrl (Command on a Mac). ['Shift+KeyX'].
 * '?' and '/' are signs, not places: they count wherever a layout has them, and at their Latin place too. */
export type Chord = readonly string[];

const names: Record<string, string> = {
  BracketLeft: '[', BracketRight: ']', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', Comma: ',', Period: '.',
};

export const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** What is written on a key cap: "Ctrl K" is two caps' worth of text in one. */
export function keyNames(chord: Chord): string[] {
  return chord.map((step) =>
    step
      .split('+')
      .map((part) => {
        if (part === 'Mod') return isMac ? '⌘' : 'Ctrl';
        return names[part] ?? part.replace(/^(Key|Digit)/, '');
      })
      .join(' '),
  );
}

/** Whether @event is this step. Single keys hold no modifier but, where named, Shift. */
export function matches(step: string, event: KeyboardEvent): boolean {
  if (step === '?' || step === '/') {
    const place = event.code === 'Slash' && event.shiftKey === (step === '?');
    return (event.key === step || place) && !event.ctrlKey && !event.metaKey && !event.altKey;
  }
  const parts = step.split('+');
  const code = parts.pop();
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const otherMod = isMac ? event.ctrlKey : event.metaKey;
  return (
    event.code === code && mod === parts.includes('Mod') && event.shiftKey === parts.includes('Shift') &&
    !otherMod && !event.altKey
  );
}
