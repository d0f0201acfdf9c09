#!/usr/bin/env python3
"""Sizes (CONTRIBUTING.md): functions fit a screen, half of them half a screen, and no file has more than 500 lines. Prints
each offence; TAP.

A function is counted from its opening line to its closing brace. In C that is brace to brace at the margin and the line
above; in TypeScript and JavaScript what begins at the margin and ends there; in Python what the parser says. A component
or a hook holds its markup and its functions: it may be longer than a screen, and only the half of them is asked for."""
import ast
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREEN, MEDIAN, FILE = 50, 25, 500
CODE = (".c", ".h", ".ts", ".tsx", ".mjs", ".js", ".py", ".css", ".sql", ".sh")
SCRIPT_OPENS = re.compile(r"(export )?(default )?(async )?function\b|(export )?const \w+.*=> \{$")


def margin_to_margin(lines, opens):
    """(length, line) of what begins with a line that @opens takes and ends with the next brace at the margin."""
    start = None
    for number, line in enumerate(lines, 1):
        if opens(line):
            start = number
        elif line.startswith("}") and start:
            yield number - start + 1, start
            start = None


def functions(path, text):
    lines = text.splitlines()
    if path.suffix in (".c", ".h"):
        yield from ((length + 1, line - 1) for length, line in margin_to_margin(lines, lambda line: line == "{"))
    elif path.suffix in (".ts", ".tsx", ".mjs", ".js"):
        yield from margin_to_margin(lines, SCRIPT_OPENS.match)
    elif path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.end_lineno - node.lineno + 1, node.lineno


def kind_of(name):
    """Whose median a function counts for."""
    if name.startswith("src/"):
        return "src"
    return "web/src" if name.startswith("web/src/") else None


def main():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    long_files, long_functions, lengths = [], [], {"src": [], "web/src": []}
    for name in names:
        path = ROOT / name
        if path.suffix not in CODE or not path.is_file():
            continue
        text = path.read_text()
        count = len(text.splitlines())
        if count > FILE:
            long_files.append(f"{name}: {count} lines; at most {FILE}")
        for length, line in functions(path, text):
            if kind_of(name):
                lengths[kind_of(name)].append(length)
            if length > SCREEN and kind_of(name) != "web/src":
                long_functions.append(f"{name}:{line}: a function of {length} lines; at most {SCREEN}")
    medians = {kind: statistics.median(of) if of else float("inf") for kind, of in lengths.items()}
    checks = {f"no file has more than {FILE} lines": long_files, f"no function is longer than {SCREEN} lines": long_functions,
              f"half of the functions have at most {MEDIAN} lines":
              [f"{kind}: half have more than {median:g}" for kind, median in medians.items() if median > MEDIAN]}
    print(f"1..{len(checks)}")
    for number, (name, offences) in enumerate(checks.items(), 1):
        print(f"{'not ok' if offences else 'ok'} {number} - {name}")
        for offence in offences:
            print("# " + offence)
    print("# median: " + ", ".join(f"{kind} {median:g} of {len(lengths[kind])} functions" for kind, median in medians.items()))
    sys.exit(any(checks.values()))


if __name__ == "__main__":
    main()
