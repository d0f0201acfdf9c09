// Prints are black on white, whatever the screen shows.
export function printInLight(): void {
  const root = document.documentElement;
  let before: string | undefined;
  window.addEventListener('beforeprint', () => {
    before = root.dataset.mantineColorScheme;
    root.dataset.mantineColorScheme = 'light';
  });
  window.addEventListener('afterprint', () => {
    if (before) root.dataset.mantineColorScheme = before;
  });
}
