#!/usr/bin/env python3
"""Runs the test suites and counts. Each suite is a function that yields (test, verdict) with verdict passed, failed or
skipped; output of what failed goes to the terminal, everything to build/check/SUITE.log. ./check prepares the machine."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "check"
RESULTS = LOGS / "results.json"
SUITES = {}


def suite(name):
    def register(function):
        SUITES[name] = function
        return function
    return register


class Run:
    def __init__(self, options):
        self.options, self.only = options, None
        self.repeat = options.repeat
        self.suites = [name for name in options.names if name in SUITES]
        self.filters = [name for name in options.names if name not in SUITES]

    def wants(self, suite_name, test):
        if self.only is not None:
            return not self.only.get(suite_name) or test in self.only[suite_name]
        return not self.filters or any(name in test for name in self.filters)


def shell(command, log, env=None, timeout=3600, cwd=ROOT):
    """Runs @command, its output into @log. Returns (exit code, output)."""
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              stderr=subprocess.STDOUT, timeout=timeout, shell=isinstance(command, str),
                              executable="/bin/bash" if isinstance(command, str) else None)
        code, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        code, output = 124, (late.stdout or b"").decode(errors="replace") + f"\nstopped after {timeout} s\n"
    with open(LOGS / (log + ".log"), "a") as out:
        out.write(f"$ {command}\n{output}\n")
    return code, output


def tap(output, code, name):
    """(test, verdict) of TAP lines at the margin; a crash, or no test at all, is a failure of @name."""
    found, bad = 0, 0
    for line in output.splitlines():
        match = re.match(r"(not )?ok(?: \d+)?(?: -)? ?(.*)$", line)
        if not match:
            continue
        found += 1
        title, _, directive = match[2].partition("#")
        skipped = directive.strip().lower().startswith("skip")
        verdict = "skipped" if skipped and not match[1] else "failed" if match[1] else "passed"
        bad += verdict == "failed"
        yield f"{name}:{title.strip() or found}", verdict
    if (code not in (0, 77) and not bad) or not found:
        yield f"{name}: ended with {code}, {found} tests seen", "failed"


def built(build, *arguments, compiler=None, targets=()):
    env = {"CC": compiler} if compiler else {}
    log = "build-" + build
    folder = ROOT / build
    if not (folder / "build.ninja").exists():
        code, output = shell(["meson", "setup", str(folder), *arguments], log, env)
        if code:
            print(output[-3000:])
            return False
    code, output = shell(["ninja", "-C", str(folder), *targets], log, env)
    if code:
        print(output[-6000:])
    return code == 0


def warnings_of(log):
    text = (LOGS / (log + ".log")).read_text(errors="replace") if (LOGS / (log + ".log")).exists() else ""
    return sorted(set(re.findall(r"^\S+: warning: .*$", text, re.M)))


@suite("build")
def build(run):
    """The program with gcc and its tests; all of it with clang; no warning from either."""
    code, output = shell(". tools/packages.sh; use_node; build_comity build --werror", "build-web")
    if code:
        print(output[-6000:])
    yield "program and web app (gcc)", "passed" if code == 0 else "failed"
    yield "tests (gcc)", "passed" if built("build", "--werror", targets=["all", "tests"]) else "failed"
    yield "all of it (clang)", "passed" if built("build-clang", "--werror", compiler="clang", targets=["all", "tests"]) else "failed"


@suite("house")
def house(run):
    """Floors, formatting, catalogues, web types and lint, what a first load weighs."""
    for script in sorted((ROOT / "tests/independent").glob("*.py")):
        if run.wants("house", script.stem):
            code, output = shell([sys.executable, str(script)], "house")
            print("".join(line + "\n" for line in output.splitlines() if line.startswith("#")), end="")
            yield from tap(output, code, script.stem)
    if run.filters:
        return
    files = subprocess.run(["git", "ls-files", "src/*.c", "src/*.h", "tests/*.c", "tests/*.h"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    if files:
        code, output = shell(["clang-format-14", "--dry-run", "--Werror", *files], "house")
        print(output[:2000], end="")
        yield "clang-format", "passed" if code == 0 else "failed"
    code, _ = shell([sys.executable, "tools/acts.py", "--check", "build/src/acts.json"], "house")
    yield "docs/acts.md and acts.json are what tools/acts.py makes", "passed" if code == 0 else "failed"
    code, output = shell(["npm", "run", "--silent", "types"], "house", cwd=ROOT / "verifier")
    if code:
        print(output[-4000:])
    yield "verifier types", "passed" if code == 0 else "failed"
    for name in ("types", "lint", "catalogues", "budget"):
        code, output = shell(["npm", "run", "--silent", name], "house", cwd=ROOT / "web")
        if code:
            print(output[-4000:])
        yield "web " + name, "passed" if code == 0 else "failed"


def unit_tests(build_folder, run, suite_name, env=None, wrapper=()):
    programs = sorted(path for path in (ROOT / build_folder / "tests/unit").glob("test-*") if path.is_file() and os.access(path, os.X_OK))
    for program in programs:
        name = program.name.removeprefix("test-")
        if not run.wants(suite_name, name):
            continue
        for _ in range(run.repeat):
            code, output = shell([*wrapper, str(program), "--tap", *(["-m", "slow"] if run.options.long else [])], suite_name + "-" + name,
                                 {"COMITY_SOURCE_ROOT": str(ROOT), "G_TEST_SRCDIR": str(ROOT / "tests/unit"), "G_DEBUG": "fatal-criticals",
                                  **(env or {})}, timeout=1200)
            results = list(tap(output, code, name))
            if any(verdict == "failed" for _, verdict in results):
                print(f"--- {suite_name} {name}\n{output[-4000:]}")
            yield from results


SANITIZE = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=1:allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}


@suite("unit")
def unit(run):
    """C unit tests, gcc."""
    if not run.options.asan:
        yield from unit_tests("build", run, "unit")


def build_asan():
    return built("build-asan", "--werror", "-Db_sanitize=address,undefined", "-Db_lundef=false", compiler="clang", targets=["all", "tests", "src/comity"])


@suite("unit-asan")
def unit_asan(run):
    """The same under AddressSanitizer and UndefinedBehaviourSanitizer, clang."""
    if not build_asan():
        yield "build with sanitizers", "failed"
        return
    yield from unit_tests("build-asan", run, "unit-asan", SANITIZE)


def side_by_side(work, items):
    """What @work gives for each item, in order; two at a time, one for each core of the smallest machine."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield from pool.map(work, items)


# Quick under valgrind, and between them all floors; --long takes every unit test.
VALGRIND = ["act", "anchor", "bag", "blobs", "card", "checkpoint", "cose", "db", "digest", "entity", "file", "forged", "forged-forks", "highwater", "http-tus", "json", "keyring", "lane-store", "lane-store-bodies",
            "merkle", "node-write", "note", "package", "passkey", "people-acts", "proof", "reader", "record", "secret", "text", "zip"]


@suite("valgrind")
def valgrind(run):
    """Unit tests under valgrind: no invalid access, no unset byte that decides, nothing lost."""
    if run.options.asan:
        return
    there = sorted(path.name.removeprefix("test-") for path in (ROOT / "build/tests/unit").glob("test-*") if path.is_file() and os.access(path, os.X_OK))
    chosen = there if run.options.long or run.filters else VALGRIND
    for name in set(chosen) - set(there):
        yield f"{name} is not there", "failed"
    names = [name for name in there if name in chosen and run.wants("valgrind", name)]

    def one(name):
        command = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite", "--num-callers=30",
                   f"--suppressions={ROOT}/tests/unit/valgrind.supp", str(ROOT / "build/tests/unit" / ("test-" + name)), "--tap"]
        code, output = shell(command, "valgrind-" + name, {"COMITY_SOURCE_ROOT": str(ROOT), "G_TEST_SRCDIR": str(ROOT / "tests/unit"), "G_SLICE": "always-malloc",
                                                           "G_DEBUG": "fatal-criticals"}, timeout=3600)
        return name, code, output

    for name, code, output in side_by_side(one, names):
        if code not in (0, 77):
            print(f"--- valgrind {name}\n{output[-4000:]}")
        yield name, {0: "passed", 77: "skipped"}.get(code, "failed")


# Which words a fuzzer is told, by target: ours (tests/fuzz/dictionaries), and those of others where they are here.
WORDS = {"card": ["note"], "checkpoint": ["note"], "proof": ["note"], "fields": ["fields", "shared/json"], "json": ["shared/json", "shared/utf8"], "http": ["http", "shared/http"],
         "record": ["record", "shared/json"]}


def dictionary_of(name):
    """One file with all words for target @name; None where there are none."""
    shared = pathlib.Path(os.environ.get("COMITY_SHARED", ROOT.parent / "shared")) / "vectors/dictionaries"
    paths = [shared / (word[7:] + ".dict") if word.startswith("shared/") else ROOT / "tests/fuzz/dictionaries" / (word + ".dict") for word in WORDS.get(name, [name])]
    text = "".join(path.read_text(errors="surrogateescape") for path in paths if path.exists())
    target = LOGS / (name + ".dict")
    target.write_text(text, errors="surrogateescape")
    return target if text else None


@suite("fuzz")
def fuzz(run):
    """libFuzzer targets over their corpora, two at a time for a minute each (--long: half an hour), with a fixed seed."""
    targets = sorted((ROOT / "tests/fuzz").glob("*.c"))
    if not targets or run.options.asan:
        return
    if not built("build-fuzz", "--werror", "-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false", compiler="clang", targets=["fuzzers"]):
        yield "build of the fuzz targets", "failed"
        return

    def one(name):
        corpus, work = ROOT / "tests/fuzz/corpus" / name, LOGS / "corpus" / name
        for folder in (corpus, work):
            folder.mkdir(parents=True, exist_ok=True)
        words = dictionary_of(name)
        code, output = shell([str(ROOT / "build-fuzz/tests/fuzz" / ("fuzz-" + name)), f"-max_total_time={1800 if run.options.long else 60}",
                              "-seed=1", "-rss_limit_mb=2048", "-max_len=65536", "-timeout=120", f"-artifact_prefix={LOGS}/crash-{name}-",
                              *([f"-dict={words}"] if words else []), str(work), str(corpus)], "fuzz-" + name, SANITIZE, timeout=3600)
        return name, code, output

    for name, code, output in side_by_side(one, [target.stem for target in targets if run.wants("fuzz", target.stem)]):
        if code:
            print(output[-3000:] + f"\nOnce it is mended: copy what is named above to tests/fuzz/corpus/{name}/, named for what it shows.")
        yield name, "passed" if code == 0 else "failed"


def node_tests(run, suite_name, pattern, env=None):
    for script in sorted((ROOT / "tests").glob(pattern)):
        name = script.name.split(".")[0]
        if not run.wants(suite_name, name):
            continue
        for _ in range(run.repeat):
            code, output = shell(["node", "--test", "--test-reporter=tap", "--test-timeout=600000", str(script)], f"{suite_name}-{name}",
                                 {"COMITY": str(ROOT / "build/comity"), "COMITY_SOURCE_ROOT": str(ROOT), **(env or {}),
                                  **({"COMITY_LONG": "1"} if run.options.long else {})}, timeout=5400)
            flat = "\n".join(re.sub(r"^ {4}", "", line) for line in output.splitlines())
            results = [r for r in tap(flat, code, name) if r[1] != "passed" or not r[0].endswith(".mjs")]
            if any(verdict == "failed" for _, verdict in results):
                print(f"--- {suite_name} {name}\n{output[-6000:]}")
            yield from results


@suite("api")
def api(run):
    """The running server through its API; every request and answer is held against the OpenAPI document."""
    if not run.options.asan:
        yield from node_tests(run, "api", "api/*.test.mjs")


@suite("api-asan")
def api_asan(run):
    """The same against a server built with the sanitizers."""
    if not (ROOT / "build-asan/src/comity").exists() and not build_asan():
        yield "build with sanitizers", "failed"
        return
    yield from node_tests(run, "api-asan", "api/*.test.mjs", {"COMITY": str(ROOT / "build-asan/src/comity"), **SANITIZE})


@suite("cli")
def cli(run):
    """The command line as people and scripts use it."""
    if not run.options.asan:
        yield from node_tests(run, "cli", "cli/*.test.mjs")


@suite("verifier")
def verifier(run):
    """verify.html's engine beside the program's own verifier: one verdict and one place of damage, whatever was done."""
    if not run.options.asan:
        yield from node_tests(run, "verifier", "verifier/*.test.mjs")


@suite("faults")
def faults(run):
    """kill -9, power cuts, failing calls, damaged disks, an old copy put back, plaintext on the disk."""
    if not run.options.asan:
        yield from node_tests(run, "faults", "faults/*.test.mjs")


@suite("browser")
def browser(run):
    """The web app in Debian's Chromium with a virtual authenticator."""
    if run.options.asan:
        return
    arguments = ["node_modules/.bin/playwright", "test", "--config", str(ROOT / "tests/browser/playwright.config.ts"), "--reporter=json"]
    if run.filters:
        arguments += ["--grep", "|".join(map(re.escape, run.filters))]
    if run.repeat > 1:
        arguments += [f"--repeat-each={run.repeat}"]
    code, output = shell(arguments, "browser", {"COMITY": str(ROOT / "build/comity"), "COMITY_SOURCE_ROOT": str(ROOT), **({"COMITY_LONG": "1"} if run.options.long else {})}, timeout=3600, cwd=ROOT / "tests")
    try:
        report = json.loads(output[output.index("{"):])
    except ValueError:
        print(output[-4000:])
        yield "playwright ended with %d" % code, "failed"
        return

    def walk(part, path):
        for spec in part.get("specs", []):
            for test in spec["tests"]:
                status = test["status"]
                if status == "unexpected":
                    print("--- browser", spec["title"], "\n", "\n".join(str(error.get("message", ""))[:2500] for result in test["results"] for error in result.get("errors", [])))
                    print("".join(piece.get("text", "") for result in test["results"] for piece in result.get("stdout", []))[:6000])
                yield f"{path}{spec['title']}", {"expected": "passed", "skipped": "skipped"}.get(status, "failed")
        for inner in part.get("suites", []):
            yield from walk(inner, path + inner.get("title", "") + " › ")

    seen = False
    for top in report.get("suites", []):
        for result in walk(top, top.get("title", "") + " › "):
            seen = True
            yield result
    if not seen and not run.filters:
        print(json.dumps(report.get("errors"))[:3000])
        yield "no browser test ran", "failed"


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--asan", action="store_true")
    parser.add_argument("--failed", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        for name, function in SUITES.items():
            print(f"{name:10} {function.__doc__.splitlines()[0]}")
        return 0
    run = Run(options)
    if options.failed and RESULTS.exists():
        run.only = {}
        for key, verdict in json.loads(RESULTS.read_text()).items():
            if verdict == "failed":
                name, _, test = key.partition("/")
                run.only.setdefault(name, set()).add(test.split(":")[0])
    LOGS.mkdir(parents=True, exist_ok=True)
    for old in LOGS.glob("*.log"):
        old.unlink()
    results = {}
    for name, function in SUITES.items():
        if name != "build" and (run.only is not None and name not in run.only or run.suites and name not in run.suites):
            continue
        start, counts = time.monotonic(), {"passed": 0, "failed": 0, "skipped": 0}
        for test, verdict in function(run):
            counts[verdict] += 1
            key = f"{name}/{test}"
            results[key] = "failed" if results.get(key) == "failed" else verdict
            if verdict == "failed":
                print(f"FAILED {key}", flush=True)
        if any(counts.values()):
            print(f"{name:10} {counts['passed']:5} passed {counts['failed']:4} failed {counts['skipped']:4} skipped {time.monotonic() - start:7.1f} s", flush=True)
        if name == "build" and counts["failed"]:
            break
    RESULTS.write_text(json.dumps(results, indent=1))
    count = {verdict: sum(v == verdict for v in results.values()) for verdict in ("passed", "failed", "skipped")}
    if count["skipped"]:
        print(f"{count['skipped']} skipped")
    print(f"{count['passed']} passed, {count['failed']} failed")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
