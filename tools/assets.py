#!/usr/bin/env python3
"""Puts the built web app and the API description into the binary as one GResource.

Writes OUT.c (GLib's index code) and OUT.S (the data by .incbin: compiles at once, whatever its size). Files under
assets/ carry a hash in their name; each text file stands there with its .br and .gz variant. Without a built web app the
resource holds the API description alone, and the server says so."""
import argparse
import pathlib
import subprocess
from xml.sax.saxutils import escape, quoteattr

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--dist", type=pathlib.Path, required=True)
parser.add_argument("--verifier", type=pathlib.Path, required=True, help="the built verify.html; served beside the web app")
parser.add_argument("--openapi", type=pathlib.Path, required=True)
parser.add_argument("--out", type=pathlib.Path, required=True, help="without its suffix")
parser.add_argument("--depfile", type=pathlib.Path, required=True)
args = parser.parse_args()

files = [("api/openapi.json", args.openapi.resolve())]
if args.dist.is_dir():
    files += [("web/" + path.relative_to(args.dist).as_posix(), path.resolve())
              for path in sorted(args.dist.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    if args.verifier.exists():
        files.append(("web/verify.html", args.verifier.resolve()))
xml = args.out.with_suffix(".gresource.xml")
entries = "\n".join(f"<file alias={quoteattr(name)}>{escape(str(path))}</file>" for name, path in files)
xml.write_text(f'<?xml version="1.0"?><gresources><gresource prefix="/comity">\n{entries}\n</gresource></gresources>\n')
bundle = args.out.with_suffix(".gresource")
compile_ = ["glib-compile-resources", "--sourcedir=/", str(xml)]
subprocess.run([*compile_, "--target=" + str(bundle)], check=True)
subprocess.run([*compile_, "--generate-source", "--external-data", "--c-name=comity_assets",
                "--target=" + str(args.out.with_suffix(".c"))], check=True)
args.out.with_suffix(".S").write_text(
    # One object without the mark of -fcf-protection would take it from the whole program.
    '#ifdef __CET__\n#include <cet.h>\n#endif\n'
    f'.section .rodata\n.balign 16\n.global comity_assets_resource_data\ncomity_assets_resource_data:\n'
    f'.incbin "{bundle.resolve()}"\n.byte 0\n.section .note.GNU-stack,"",%progbits\n')
targets = " ".join(str(args.out.with_suffix(suffix)) for suffix in (".c", ".S"))
watched = [str(path) for _, path in files] + [str(args.dist.resolve() / ".built")] * (args.dist / ".built").exists()
args.depfile.write_text(f"{targets}: " + " ".join(name.replace(" ", "\\ ") for name in watched) + "\n")
