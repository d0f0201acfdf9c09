#!/usr/bin/env python3
"""TAP: every test that the table of attacks in docs/security.md names is there, and every attack has one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDINGS = (".test.mjs", ".spec.ts", ".c", ".py")


def rows():
    text = (ROOT / "docs/security.md").read_text()
    table = text[text.index("## Attack, what holds, which test"):].split("\n## ")[0]
    for line in table.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and cells[0] not in ("attack", "---") and not cells[0].startswith("**"):
            yield cells


def offences():
    for attack, holds, tests in rows():
        names = re.findall(r"`([a-z]+/[\w.-]+)`", tests)
        if not holds or not names:
            yield f"“{attack}” names no test, or not what holds"
        for name in names:
            if not any((ROOT / "tests" / (name + ending)).exists() for ending in ENDINGS):
                yield f"“{attack}” names tests/{name}, which is not there"


bad, count = list(offences()), len(list(rows()))
print("1..2")
print(f"{'ok' if count > 30 else 'not ok'} 1 - the table has its attacks")
print(f"{'not ok' if bad else 'ok'} 2 - every attack names tests that are there")
for offence in bad:
    print("# " + offence)
sys.exit(bool(bad) or count <= 30)
