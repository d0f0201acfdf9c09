// Every link of every page leads to a page: nobody is sent to an address that the app does not have.
import { expect, type Person, test } from './fixtures';
import { all, caseOf, pagesOf } from './pages';

/** The addresses of the app that the page on screen links to. */
const linksOf = ({ page }: Person) =>
  page.locator('a[href^="/"]:not([download])').evaluateAll((links) => links.map((link) => link.getAttribute('href')!).filter((href) => !href.startsWith('/api')));

test('every link leads to a page', async ({ stage }) => {
  test.slow();
  const person = await stage.person('Ilse Varga', all, { admin: true });
  const { page } = person;
  const made = await caseOf(person);
  const empty = await person.api.openCase({ title: 'Nothing yet' });
  const wrong = page.locator('main [data-kind=error]');
  const open = async (path: string) => {
    await page.goto(path);
    await expect(page.locator('main h1').or(wrong).first()).toBeVisible();
  };
  await open('/cases/no-such-case');
  await expect(wrong, 'what the other addresses must not show').toBeVisible();
  const known = new Set<string>();
  const begin = [...pagesOf(made).map(([, path]) => path), `/cases/${empty.id}`, `/cases/${empty.id}/evidence`, `/cases/${empty.id}/exports`];
  const waiting = [...begin];
  for (const path of waiting) {
    if (known.has(path)) continue;
    known.add(path);
    await open(path);
    await expect.soft(wrong, path).toHaveCount(0);
    if (begin.includes(path)) waiting.push(...(await linksOf(person)));
  }
  expect([...known]).toContain(`/cases/${empty.id}/intake`);
});

test('a page that is not there, or not for this person, shows the way on', async ({ stage }) => {
  const { page, say } = await stage.person('Ilse Varga', ['investigator']);
  for (const path of ['/nowhere', '/cases/01a210bc-b431-774a-8256-f34affe65009']) {
    await page.goto(path);
    await expect(page.getByText(say('There is nothing here for you'))).toBeVisible();
    await page.getByRole('link', { name: say('See your cases') }).click();
    await expect(page).toHaveURL(/\/cases$/);
  }
});
