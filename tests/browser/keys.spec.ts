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

test('the palette answers English on an Arabic page, other words for a thing, and French without accents', async ({ stage }) => {
  const { page, api } = await stage.person('Ilse Varga', all, { admin: true, locale: 'ar' });
  const { id } = await api.openCase();
  const goes = async (words: string, address: RegExp) => {
    await page.goto(`/cases/${id}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.fill(words);
    await expect(page.getByRole('dialog').getByRole('button')).toHaveCount(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(address);
  };
  await goes('invitations', /\/people\/invitations$/);
  await goes('exhibits proof', /\/evidence$/); // words that stand nowhere on the page
  await page.evaluate(() => localStorage.setItem('comity.locale', 'fr'));
  await goes('pieces de cette', /\/evidence$/);
});

test('the list of keys has a digit for each tab', async ({ stage }) => {
  const { page, say, api } = await stage.person('Ilse Varga', all);
  const { id } = await api.openCase();
  await page.goto(`/cases/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: say('Keys of this page') });
  for (const [at, name] of ['Overview', 'Evidence', 'Exports', 'Record', 'Members'].entries())
    await expect(keys.locator('dl > div').filter({ has: page.getByText(say(name), { exact: true }) }).filter({ hasText: String(at + 1) })).toHaveCount(1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('3');
  await expect(page).toHaveURL(/\/exports$/);
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
