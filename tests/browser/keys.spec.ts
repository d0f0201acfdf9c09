// Keys do what the list of keys says, and no page asks the browser for what its content policy forbids.
import { expect, test } from './fixtures';
import { all, caseOf, pagesOf } from './pages';

test('keys: through the list and the exhibits, the list of keys, the palette', async ({ stage }) => {
  const person = await stage.person('Ilse Varga', all);
  const { page } = person;
  const { id, text, pdf } = await caseOf(person);
  await page.goto(`/cases/${id}/evidence`);
  const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  await expect(rows).toHaveCount(3);
  await page.keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(text.id));
  await expect(page.getByRole('heading', { level: 1, name: text.title })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page).toHaveURL(new RegExp(pdf.id));
  await expect(page.getByRole('heading', { level: 1, name: pdf.title })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page).toHaveURL(new RegExp(text.id));

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys of this page' });
  await expect(keys.getByText('Next exhibit')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();

  await page.keyboard.press('Control+k');
  const palette = page.getByPlaceholder('Find or do');
  await expect(palette).toBeFocused();
  await palette.fill('evidence of');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/evidence$/);
});

test('the content policy stands on every page, and no page breaks it', async ({ stage }) => {
  const person = await stage.person('Ilse Varga', all, { admin: true, bypassCSP: false });
  const { page } = person;
  const broken: string[] = [];
  await page.exposeFunction('toldBroken', (what: string) => broken.push(what));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
      (window as unknown as { toldBroken: (what: string) => void }).toldBroken(`${location.pathname}: ${violatedDirective} ${blockedURI} ${sourceFile}`),
    );
  });
  for (const [name, path, sign] of pagesOf(await caseOf(person))) {
    const answer = await page.goto(path);
    expect(answer?.headers()['content-security-policy'], name).toContain("default-src 'none'");
    await expect(page.locator(sign).first()).toBeVisible();
  }
  expect(broken).toEqual([]);
  await page.evaluate(() => void (new Image().src = 'http://elsewhere.test/'));
  await expect.poll(() => broken.join(), 'an image from elsewhere is noticed: the silence above proves something').toContain('img-src');
});
