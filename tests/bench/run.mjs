// Runs the parts that are asked for and prints one table.
import { cleanUp, median } from './measure.mjs';
import { append } from './append.mjs';
import { confirm, verify } from './packages.mjs';
import { intake } from './intake.mjs';
import { memory, read, start } from './answers.mjs';

const PARTS = { intake, verify, confirm, append, read, memory, start };
const asked = process.argv.slice(2).filter((name) => name !== '--quick');
const quick = process.argv.includes('--quick');
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length) {
  console.error(`There is no part “${unknown[0]}”. There are: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

const figure = (value, unit) => `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toPrecision(2)}${unit}`;
function limit(row, value) {
  return value === undefined ? '-' : `${row.least ? '>=' : '<='} ${figure(value, row.unit)}`;
}
function judged(row, value) {
  if (row.bar === undefined) return '-';
  const reaches = (wanted) => (row.least ? value >= wanted : value <= wanted);
  return !reaches(row.bar) ? '**no**' : row.goal !== undefined && reaches(row.goal) ? 'yes, and the goal' : 'yes';
}
function line(row) {
  const value = median(row.values);
  const spread = row.values.length > 1 ? ` (${figure(Math.min(...row.values), '')}-${figure(Math.max(...row.values), '')})` : '';
  const measured = `${figure(value, row.unit)}${spread}${row.note ? `; ${row.note}` : ''}`;
  return `| ${[row.what, row.against, limit(row, row.bar), limit(row, row.goal), measured, judged(row, value)].join(' | ')} |`;
}

let failed = false;
const began = Date.now();
const table = ['| what | against | bar | goal | measured: median (least-greatest) | holds |', '|---|---|---|---|---|---|'];
try {
  for (const name of asked.length ? asked : Object.keys(PARTS)) {
    console.error(`${name} …`);
    try {
      table.push(...(await PARTS[name]({ quick, rounds: quick ? 3 : 5 })).map(line));
    } catch (error) {
      failed = true;
      console.error(error);
      table.push(`| ${name} | - | - | - | failed: ${String(error.message).split('\n')[0]} | **no** |`);
    }
  }
} finally {
  await cleanUp();
}
console.log(table.join('\n'));
console.error(`${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failed ? 1 : 0);
