// axe takes Arabic letters for an icon font and judges no contrast in them: so every page is turned round with English words in it,
// and judged so, light and dark.
import { expect, expectAccessible, prefer, test } from './fixtures';
import { all, caseOf, pagesOf } from './pages';

test('no page breaks a rule when it runs from right to left', async ({ stage }) => {
  test.slow();
  const person = await stage.person('Ilse Varga', all, { admin: true });
  const { page } = person;
  const made = await caseOf(person);
  // Whoever sets the direction, it is this one: the app's own choice for English is overruled.
  await page.addInitScript(() => {
    const turn = () => document.documentElement?.dir !== 'rtl' && document.documentElement?.setAttribute('dir', 'rtl');
    new MutationObserver(turn).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['dir'] });
  });
  for (const scheme of ['light', 'dark'] as const) {
    await prefer(page, { scheme });
    for (const [name, path, sign] of pagesOf(made)) {
      await test.step(`${name}, ${scheme}`, async () => {
        await page.goto(path);
        await expect(page.locator(sign).first()).toBeVisible();
        expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe('rtl');
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(sideways, `${name} is no wider than the screen`).toBeLessThanOrEqual(0);
        await expectAccessible(page, `${name}, ${scheme}, from right to left`);
      });
    }
  }
});
