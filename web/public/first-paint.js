// Runs before the first paint, so that nobody sees a white flash or a page that turns round. The names and the rules
// are those of src/base/preferences.ts, which takes over once the app runs.
(() => {
  const stored = (name) => {
    try {
      return localStorage.getItem(`comity.${name}`);
    } catch {
      return null; // storage is refused: the browser's own wishes hold
    }
  };
  const languages = ['ar', 'en', 'es', 'fr', 'ru', 'zh'];
  const wanted = [stored('locale') ?? '', ...navigator.languages].map((tag) => tag.split('-')[0]);
  const locale = wanted.find((tag) => languages.includes(tag)) ?? 'en';
  const scheme = stored('scheme');
  const dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const root = document.documentElement;
  root.lang = locale;
  root.dir = locale === 'ar' ? 'rtl' : 'ltr';
  root.dataset.mantineColorScheme = dark ? 'dark' : 'light';
  root.dataset.density = stored('density') === 'compact' ? 'compact' : 'comfortable';
})();
