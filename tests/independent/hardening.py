#!/usr/bin/env python3
"""TAP: the program as it was built has what a server that parses hostile bytes owes its operator (meson.build)."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/src/comity"


def readelf(*options):
    return subprocess.run(["readelf", "--wide", *options, str(PROGRAM)], capture_output=True, text=True, check=True).stdout


def imported(symbols):
    return {match[1] for match in re.finditer(r" UND (\w+)(?:@|\s|$)", symbols)}


def objects_are_guarded():
    """The program's own mark is lost to the start files of Debian 12's C library, which have none: so the objects are asked."""
    folders = [ROOT / "build/src", ROOT / "build/deps"]
    objects = [path for folder in folders for path in folder.rglob("*.o") if "describe-acts" not in str(path)]
    bare = [path for path in objects if "x86 feature: IBT, SHSTK" not in subprocess.run(["readelf", "-n", str(path)], capture_output=True, text=True).stdout]
    for path in bare:
        print("# without the mark:", path.relative_to(ROOT))
    return len(objects) > 100 and not bare


def checks():
    header, segments, dynamic, symbols = readelf("-h"), readelf("-l"), readelf("-d"), imported(readelf("--dyn-syms"))
    stack = re.search(r"GNU_STACK.*? ([RWE ]{3}) 0x", segments)
    yield "it is position-independent", "DYN" in header and "PIE" in dynamic
    yield "relocations are read-only once it runs (full RELRO)", "GNU_RELRO" in segments and "BIND_NOW" in dynamic and re.search(r"FLAGS_1\).*NOW", dynamic)
    yield "no segment is writable and executable, the stack least of all", stack and "E" not in stack[1] and not re.search(r"LOAD.* RWE ", segments)
    yield "no folder is searched for libraries but the system's", "RPATH" not in dynamic and "RUNPATH" not in dynamic
    yield "stacks have canaries", "__stack_chk_fail" in symbols
    yield "copies know their bounds (FORTIFY)", len([name for name in symbols if re.fullmatch(r"__\w+_chk", name) and name != "__stack_chk_fail"]) >= 3
    if "X86-64" in header:
        yield "jumps and returns are guarded in every object of ours (IBT, SHSTK)", objects_are_guarded()


if not PROGRAM.exists():
    print("1..0 # SKIP the program is not built")
    sys.exit(0)
results = list(checks())
print(f"1..{len(results)}")
for number, (title, good) in enumerate(results, 1):
    print(f"{'ok' if good else 'not ok'} {number} - {title}")
sys.exit(0 if all(good for _, good in results) else 1)
