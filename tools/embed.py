#!/usr/bin/env python3
"""Turns a text file into a C file that holds it: embed.py SYMBOL INPUT OUTPUT.

The C side declares `extern const char SYMBOL[];` (ended by a 0). Meson calls this for SQL and OpenAPI pieces."""
import sys


def literal(line: str) -> str:
    escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("??", '?""?')
    return '    "' + escaped + '"'


def main() -> None:
    symbol, source, target = sys.argv[1:4]
    with open(source, encoding="utf-8") as file:
        lines = file.readlines() or [""]
    with open(target, "w", encoding="utf-8") as file:
        file.write(f"extern const char {symbol}[];\nconst char {symbol}[] =\n" + "\n".join(map(literal, lines)) + ";\n")


if __name__ == "__main__":
    main()
