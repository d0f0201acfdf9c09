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
members (`docs/format.md`, 4.3 and 7.3). The heading over a type is the kind of entity that it is about; types under "the lane" have none.

- **By**: the roles of which the person must have one; "the node": the type is the node's own.
- **Subject**: *the lane*: the type is on the lane. *new*: it creates. *standing*: it changes what is there. *new or standing*: it creates or changes.
- Marks: *lasting*: never erased, travels with every package. *exclusive*: needs the home. *opens*: it opens a feed. *after_end*: allowed
  after the end of the lane. *confirm*: by the person's passkey over the act's bytes.
- **Rule**: what a table can't say. An act that breaks it is void as one with a wrong member is (7.3 b).
- Kinds: a text (least to most code points) is one line: it holds no control character (Unicode's class Cc). *Lines* may also hold
  U+0009, U+000A and U+000D; a *verbatim text* anything but U+0000, as its source has it. *bytes*: base64url of so many bytes. A *time* and a
  *UUID* are those of `docs/format.md` 2.4; a *date* is `YYYY-MM-DD`, a day that exists. A *list* has from least to most items; *all different*: no
  two are equal. A *map* is an object with any keys. A member that may be absent is not null then; no member is there beyond these.

`docs/acts.json` says the same for programs: for each type what it is about, who may do it, its marks, its rule in words (`corrects`: of these
members at least one is there), and its members as JSON Schema. Lengths of texts count code points; `date-time` is a time and `base64url` has one spelling (`docs/format.md`, sections 1 and 2); a type
that is only an object with `additionalProperties` may have any keys; what is not in `required` may be absent, and nothing else.
"""
TEXTS = {r"^\P{Cc}*$": "text", r"^[\t\n\r\P{Cc}]*$": "lines", None: "verbatim text"}


def bounds(schema, least, most, unit=""):
    if most not in schema:
        return ""
    return f" ({schema.get(least, 0)} to {schema[most]}{unit})"


def string(schema):
    if schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "time"
    if schema.get("contentEncoding") == "base64url":
        return f"bytes ({schema['minLength'] * 3 // 4} to {schema['maxLength'] * 3 // 4})"
    pattern = schema.get("pattern")
    if pattern in TEXTS:
        return TEXTS[pattern] + bounds(schema, "minLength", "maxLength")
    return "UUID" if "{8}-" in pattern else "text like `" + pattern.replace("|", "\\|") + "`"


def members(schema):
    required = schema.get("required", [])
    return "{" + ", ".join(f"`{key}`{'' if key in required else '?'}: {kind(value)}" for key, value in schema["properties"].items()) + "}"


def kind(schema):
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" if value is not None else "null" for value in schema["enum"])
    types = schema.get("type", "any value")
    types = types if isinstance(types, list) else [types]
    words = []
    for name in types:
        if name == "array":
            different = ", all different" if schema.get("uniqueItems") else ""
            words.append(f"list{bounds(schema, 'minItems', 'maxItems', different)} of " + kind(schema.get("items", {})))
        elif name == "object" and "properties" in schema:
            words.append(members(schema))
        elif name == "object":
            words.append(f"map{bounds(schema, 'minProperties', 'maxProperties')} to " + kind(schema.get("additionalProperties", {})))
        elif name == "string":
            words.append(string(schema))
        elif name == "integer":
            words.append("integer" + bounds(schema, "minimum", "maximum"))
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
            if act.get("rule"):
                lines.append(f"Rule: {act['rule']}\n")
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
