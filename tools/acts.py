#!/usr/bin/env python3
"""docs/acts.md and docs/acts.json from the act tables: acts.py build/src/acts.json. With --check: writes nothing; exit 1 where
one of them is not current."""
import json
import pathlib
import sys

DOCS = pathlib.Path(__file__).resolve().parents[1] / "docs"
ROLES = ("investigator", "prosecutor", "clerk", "defence", "auditor", "administrator")
HEAD = """# Acts

Made by `tools/acts.py` from the tables that judge (each feature's `acts.c`); not edited by hand. Every act also has the ledger's
members (`docs/format.md`). *lasting*: never erased, travels with every package. *exclusive*: needs the home. *confirm*: by the person's
passkey over the act's bytes. A text (least to most code points) is one line: it holds no control character (Unicode's class Cc).
*Lines* may also hold U+0009, U+000A and U+000D; a *verbatim text* anything but U+0000, as its source has it.

`docs/acts.json` says the same for programs, with every limit: for each type what it is about, who may do it, its marks, and its members
as JSON Schema. Lengths of texts count code points; `date-time` is a time and `base64url` has one spelling (`docs/format.md`, sections 1 and
2); a type that is only an object with `additionalProperties` may have any keys; what is not in `required` may be absent, and nothing else.

## Beyond the tables

What a table can't say. An act that breaks it is void as one with a wrong member is (`docs/format.md`, 7.3 b).

| act | rule |
|---|---|
| `lane.chartered/1` | each prefix in `succeeds` is a size of at least 1 and 64 hex |
| `case.corrected/1` | has at least one of `reference`, `title`, `offence`, `summary` |
| `exhibit.corrected/1` | has at least one member beside `reason` |
| `export.made/1` | `exhibits` is empty if and only if `scope` is `whole` |
| `person.admitted/1`, `person.roles_changed/1` | `admin` is true, or `roles` is not empty |
"""
TEXTS = {r"^\P{Cc}*$": "text", r"^[\t\n\r\P{Cc}]*$": "lines", None: "verbatim text"}


def kind(schema):
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    types = schema.get("type", "any")
    types = types if isinstance(types, list) else [types]
    words = []
    for name in types:
        if name == "array":
            words.append("list of " + kind(schema.get("items", {})))
        elif name == "object" and "properties" in schema:
            words.append("{" + ", ".join(f"`{key}`: {kind(value)}" for key, value in schema["properties"].items()) + "}")
        elif name == "string" and schema.get("pattern") in TEXTS:
            words.append(TEXTS[schema.get("pattern")] + (f" ({schema.get('minLength', 0)} to {schema['maxLength']})" if "maxLength" in schema else ""))
        elif name == "string":
            words.append("text like `" + schema["pattern"].replace("|", "\\|") + "`")
        else:
            words.append(name)
    return " or ".join(words)


def document(acts):
    lines = [HEAD]
    entities = {}
    for name, act in acts.items():
        entities.setdefault(act["entity"] or "the lane", []).append((name, act))
    for entity, group in sorted(entities.items()):
        lines.append(f"\n## {entity}\n")
        for name, act in group:
            who = "the node" if act["by_node"] else ", ".join(act["roles"])
            lines.append(f"### `{name}`\n")
            lines.append(f"{act['says']} By: {who}. Subject: {act['subject']}." + (f" *{', '.join(act['flags'])}*." if act["flags"] else "") + "\n")
            required = act["schema"].get("required", [])
            rows = act["schema"].get("properties", {})
            if rows:
                lines.append("| member | kind | says |\n|---|---|---|")
                for key, schema in rows.items():
                    lines.append(f"| `{key}`{'' if key in required else ' (may be absent)'} | {kind(schema)} | {schema.get('description', '')} |")
                lines.append("")
    lines.append("\n## Who may do what\n\n| act | " + " | ".join(ROLES) + " | node |\n|---|" + "---|" * (len(ROLES) + 1))
    for name, act in acts.items():
        cells = ["yes" if role in act["roles"] else "" for role in ROLES] + ["yes" if act["by_node"] else ""]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    path = next(argument for argument in sys.argv[1:] if not argument.startswith("--"))
    acts = json.loads(pathlib.Path(path).read_text())
    wanted = {DOCS / "acts.md": document(acts), DOCS / "acts.json": json.dumps(acts, indent=1, ensure_ascii=False) + "\n"}
    if "--check" in sys.argv:
        return 0 if all(file.exists() and file.read_text() == text for file, text in wanted.items()) else 1
    for file, text in wanted.items():
        file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
