// For everybody: no page breaks a rule of accessibility, light or dark, wide or on a phone.
import { expect, expectAccessible, prefer, test } from './fixtures';
import { all, caseOf, pagesOf } from './pages';

for (const [size, viewport] of [['wide', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844 }]] as const) {
  test(`no page breaks a rule: ${size}`, async ({ stage }) => {
    test.slow();
    const person = await stage.person('Ilse Varga', all, { admin: true, viewport });
    const made = await caseOf(person);
    const { page } = person;
    for (const scheme of ['light', 'dark'] as const) {
      await prefer(page, { scheme });
      for (const [name, path, sign] of pagesOf(made)) {
        await test.step(`${name}, ${scheme}`, async () => {
          await page.goto(path);
          await expect(page.locator(sign).first()).toBeVisible();
          await expect.soft(page.locator('body')).not.toContainText('Something went wrong');
          if (size === 'phone') expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is no wider than the phone`).toBeLessThanOrEqual(390);
          await expectAccessible(page, `${name}, ${scheme}`);
        });
      }
    }
    await page.context().clearCookies();
    for (const scheme of ['light', 'dark'] as const) {
      await page.goto('/sign-in');
      await prefer(page, { scheme });
      await expect(page.getByRole('button', { name: 'Continue with a passkey' })).toBeVisible();
      await expectAccessible(page, `sign-in, ${scheme}`);
    }
  });
}
