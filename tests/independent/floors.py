#!/usr/bin/env python3
"""The house's floors (ARCHITECTURE.md): nothing includes upwards, no feature includes another that it does not need, no
cycle, neither between folders nor between files. Prints each offence; TAP."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAY = {"base": "", "crypto": "base", "ledger": "base crypto", "store": "base crypto ledger", "http": "base",
       "node": "base crypto ledger store http", "features": "base crypto ledger store http node",
       "app": "base crypto ledger store http node features", "cli": "base crypto ledger store http node features app"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def includes(path):
    return INCLUDE.findall(path.read_text())


def upward(files):
    for path in files:
        floor = path.relative_to(ROOT / "src").parts[0]
        for name in includes(path):
            other = name.split("/")[0]
            if "/" not in name:
                yield f"{path.relative_to(ROOT)}: includes “{name}” without its folder"
            elif other != floor and other not in MAY[floor].split():
                yield f"{path.relative_to(ROOT)}: includes {name}, which is above it"


def features(files):
    """A feature may include the public header (features/<name>/<name>.h) of those that its `needs` names."""
    needs = {}
    for path in files:
        parts = path.relative_to(ROOT / "src").parts
        if parts[0] != "features" or len(parts) < 3:
            continue
        for name in includes(path):
            other = name.split("/")
            if other[0] == "features" and other[1] != parts[1]:
                needs.setdefault(parts[1], set()).add(other[1])
                if other[2] != other[1] + ".h":
                    yield f"{path.relative_to(ROOT)}: includes {name}, which is not that feature's public header"
    for feature, wanted in needs.items():
        text = "".join(path.read_text() for path in files if path.parts[-2] == feature and path.suffix == ".c")
        for other in sorted(wanted):
            if not re.search(r'needs\[\][^;]*"%s"' % other, text):
                yield f"features/{feature}: includes {other} but does not name it in its needs"
    yield from cycles({name: sorted(wanted) for name, wanted in needs.items()}, "features")


def cycles(graph, what):
    state = {}

    def visit(node, path):
        if state.get(node) == "done":
            return
        if state.get(node) == "open":
            yield f"{what}: cycle " + " -> ".join([*path[path.index(node):], node])
            return
        state[node] = "open"
        for other in graph.get(node, ()):
            yield from visit(other, [*path, node])
        state[node] = "done"

    for node in sorted(graph):
        yield from visit(node, [])


def main():
    files = sorted(path for suffix in ("c", "h") for path in (ROOT / "src").rglob("*." + suffix))
    headers = {str(path.relative_to(ROOT / "src")): [n for n in includes(path) if n != str(path.relative_to(ROOT / "src"))]
               for path in files if path.suffix == ".h"}
    checks = {"nothing includes upwards": list(upward(files)), "features include what they need and no more": list(features(files)),
              "headers include in no circle": list(cycles(headers, "headers"))}
    print(f"1..{len(checks)}")
    for number, (name, offences) in enumerate(checks.items(), 1):
        print(f"{'not ok' if offences else 'ok'} {number} - {name}")
        for offence in offences:
            print("# " + offence)
    sys.exit(any(checks.values()))


if __name__ == "__main__":
    main()
