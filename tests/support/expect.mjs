// Ways of expecting that more than one story needs.
import assert from 'node:assert/strict';

/** @param promise of Client.call and its like: it must be refused with @status and the stable @code. The problem. */
export async function refused(promise, status, code) {
  const problem = await promise.then(
    (body) => assert.fail(`expected ${status} ${code ?? ''}, was answered ${JSON.stringify(body)?.slice(0, 400)}`),
    (error) => error,
  );
  if (!problem.status) throw problem;
  assert.equal(problem.status, status, problem.message);
  if (code !== undefined) assert.equal(problem.body.code, code, problem.message);
  return problem.body;
}

/** Every page of a list, one after the other; from @from on where that is given. */
export async function everyPage(client, path, from = null) {
  const items = [];
  for (let cursor = from; ; ) {
    const page = await client.get(path + (cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''));
    items.push(...page.items);
    if (!page.next) return items;
    cursor = page.next;
  }
}

/** @work for each item, @width at once; the results, in order. */
export async function inGroups(items, width, work) {
  const results = [];
  for (let from = 0; from < items.length; from += width) results.push(...(await Promise.all(items.slice(from, from + width).map(work))));
  return results;
}

/** The answer of a job once it has ended. */
export async function ended(client, job, waitFor) {
  return waitFor(async () => {
    const seen = await client.get(`/jobs/${job.id}`);
    return ['done', 'failed'].includes(seen.state) && seen;
  }, `job ${job.name} to end`);
}
