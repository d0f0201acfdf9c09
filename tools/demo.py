#!/usr/bin/env python3
"""Loads the sample case of samples/lantern through the public API, as any client would: tus uploads, then exhibits.
Usage: demo.py SERVER TOKEN. Prints the case's id. A case with the same reference is left as it is. Then lets everybody in who
has a passkey here; where nobody has one yet, it waits for the first."""
import base64
import json
import pathlib
import sys
import time
import urllib.parse
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "samples" / "lantern"
SERVER, TOKEN = sys.argv[1].rstrip("/"), sys.argv[2]


def call(method, path, body=None, headers=None):
    raw = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    wanted = {"Authorization": "Bearer " + TOKEN, **({} if isinstance(body, (bytes, type(None))) else {"Content-Type": "application/json"})}
    request = urllib.request.Request(urllib.parse.urljoin(SERVER, path), data=raw, method=method, headers={**wanted, **(headers or {})})
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text and "json" in answer.headers.get("Content-Type", "") else dict(answer.headers)
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}")


def upload(space, path):
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in (("filename", path.name), ("space", space)))
    content = path.read_bytes()
    tus = {"Tus-Resumable": "1.0.0"}
    made = call("POST", "/api/v1/uploads", b"", {**tus, "Upload-Length": str(len(content)), "Upload-Metadata": metadata})
    place = made["Location"]
    call("PATCH", place, content, {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
    return urllib.parse.urlparse(place).path.rsplit("/", 1)[1]


def let_in(space):
    """A machine lets people in at once; a person would confirm it with a passkey."""
    while True:
        people = [person for person in call("GET", "/api/v1/directory?limit=200")["items"] if not person["machine"] and person["roles"]]
        if people:
            break
        time.sleep(1)
    members = {member["person"]["id"] for member in call("GET", f"/api/v1/cases/{space}/members")["items"]}
    for person in people:
        if person["id"] not in members:
            call("POST", f"/api/v1/cases/{space}/members", {"person": person["id"]})
            print(f"{person['name']} now works on the sample case.", file=sys.stderr)


def load():
    story = json.loads((FOLDER / "case.json").read_text())
    known = call("GET", "/api/v1/cases?status=all&q=" + urllib.parse.quote(story["reference"]))["items"]
    if known:
        return known[0]["id"]
    case = call("POST", "/api/v1/cases", {key: story[key] for key in ("reference", "title", "offence", "summary")})
    for exhibit in story["exhibits"]:
        files = [upload(case["id"], FOLDER / name) for name in exhibit.pop("files")]
        made = call("POST", f"/api/v1/spaces/{case['id']}/evidence", {**exhibit, "uploads": files})
        print(f"{made['number']}  {made['title']}", file=sys.stderr)
    return case["id"]


SPACE = load()
print(SPACE, flush=True)
let_in(SPACE)
