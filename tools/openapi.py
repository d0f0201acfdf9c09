#!/usr/bin/env python3
"""Puts the API description together: src/app/openapi.yaml and one piece a feature, as one JSON document.

    python3 tools/openapi.py -o build/src/openapi.json [--acts acts.json]

It refuses what no reader of the document should have to guess: a path, a component or an operationId that is given
twice, a $ref that leads nowhere, an operation without an answer for errors, a member without a value (the usual trace
of a comma in an unquoted sentence). With --acts, the schemas of the act types that the C tables generate are added
as components named Act.<type>.
"""
import argparse
import json
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


class Refused(Exception):
    """A piece breaks a rule; the text says which and where."""


def pieces():
    """The shared piece first, then the features by name."""
    yield ROOT / "src/app/openapi.yaml"
    yield from sorted(ROOT.glob("src/features/*/openapi.yaml"))


def load(path):
    try:
        piece = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Refused(f"{path.relative_to(ROOT)}: {error}") from error
    unknown = set(piece) - {"openapi", "jsonSchemaDialect", "info", "servers", "security", "tags", "paths", "components"}
    if unknown:
        raise Refused(f"{path.relative_to(ROOT)}: unknown top-level members {sorted(unknown)}")
    return piece


def merge(document, piece, origin):
    for key, value in piece.items():
        if key == "tags":
            document.setdefault("tags", []).extend(value)
        elif key == "paths":
            add_all(document.setdefault("paths", {}), value, "path", origin)
        elif key == "components":
            for group, members in value.items():
                add_all(document.setdefault("components", {}).setdefault(group, {}), members, f"components/{group}", origin)
        elif key in document:
            raise Refused(f"{origin}: {key} belongs into src/app/openapi.yaml alone")
        else:
            document[key] = value


def add_all(target, members, what, origin):
    for name, value in (members or {}).items():
        if name in target:
            raise Refused(f"{origin}: {what} {name} is given twice")
        target[name] = value


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, item, operation


def check_operations(document):
    seen = {}
    tags = {tag["name"] for tag in document["tags"]}
    for path, method, item, operation in operations(document):
        where = f"{method.upper()} {path}"
        name = operation.get("operationId") or refuse(f"{where} has no operationId")
        if name in seen:
            raise Refused(f"{where}: operationId {name} is {seen[name]}'s")
        seen[name] = where
        if set(operation.get("tags", [])) - tags or not operation.get("tags"):
            raise Refused(f"{where}: its tag is not described")
        check_path_parameters(document, path, where, item, operation)
        for needed in ("summary", "responses"):
            if not operation.get(needed):
                raise Refused(f"{where} has no {needed}")
        if operation.get("security", document["security"]) and "401" not in operation["responses"]:
            raise Refused(f"{where} needs somebody signed in and has no answer 401")
        if method in ("post", "put", "patch", "delete") and "403" not in operation["responses"]:
            raise Refused(f"{where} changes something and has no answer 403 (a page of another origin)")
        names = {resolve(document, p)["name"] for p in item.get("parameters", []) + operation.get("parameters", [])}
        if "Idempotency-Key" in names and {"400", "409", "422"} - set(operation["responses"]):
            raise Refused(f"{where} takes an Idempotency-Key and lacks one of the answers 400, 409, 422")


def check_path_parameters(document, path, where, item, operation):
    parameters = [resolve(document, p) for p in item.get("parameters", []) + operation.get("parameters", [])]
    declared = {p["name"] for p in parameters if p["in"] == "path"}
    used = {part[1:-1] for part in path.split("/") if part.startswith("{")}
    if declared != used:
        raise Refused(f"{where}: path parameters {sorted(used)} in the path, {sorted(declared)} declared")


def refuse(sentence):
    raise Refused(sentence)


def resolve(document, node):
    """@node, or what its $ref leads to."""
    if not (isinstance(node, dict) and "$ref" in node):
        return node
    target = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, dict) or part not in target:
            raise Refused(f"$ref {node['$ref']} leads nowhere")
        target = target[part]
    return target


def check_values(document, node, where):
    """Every $ref leads somewhere; nothing is null outside examples."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                if not value.startswith("#/"):
                    raise Refused(f"{where}: $ref {value} leaves the document")
                resolve(document, node)
            elif value is None:
                raise Refused(f"{where}/{key} has no value")
            elif key not in ("examples", "example", "default", "const", "enum"):
                check_values(document, value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            check_values(document, value, f"{where}/{index}")


def add_acts(document, path):
    """The act types' schemas, as describe-acts prints them: {"<type>": {"says", "schema", ...}}."""
    acts = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    named = {f"Act.{name.replace('/', '.')}": {"description": act.get("says", ""), **act["schema"]} for name, act in acts.items()}
    add_all(document["components"]["schemas"], named, "components/schemas", path)


def build(acts=None):
    document = {}
    for path in pieces():
        merge(document, load(path), path.relative_to(ROOT))
    if acts:
        add_acts(document, acts)
    check_values(document, document, "#")
    check_operations(document)
    return document


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", required=True, help="where the JSON document goes")
    parser.add_argument("--acts", help="JSON object of act type to schema")
    parser.add_argument("--depfile", help="names the pieces for Ninja, so that a changed or new one is noticed")
    arguments = parser.parse_args()
    try:
        document = build(arguments.acts)
    except Refused as refusal:
        print(f"openapi: {refusal}", file=sys.stderr)
        return 1
    output = pathlib.Path(arguments.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    if arguments.depfile:
        names = " ".join(str(path) for path in pieces())
        pathlib.Path(arguments.depfile).write_text(f"{arguments.output}: {names}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
