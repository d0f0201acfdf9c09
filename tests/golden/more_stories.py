"""Writes random stories of the executable model as golden files: python3 more_stories.py FOLDER [COUNT] [FIRST SEED]

Each seed is a world of nodes, some hostile, that write, send, lose, fork, restore and erase (simulate.py of the model,
found through COMITY_SHARED). What each node holds at the end becomes a story, shuffled, some with records missing.
`COMITY_STORIES=FOLDER meson test -C build golden` then tells them to our lane."""
import base64
import json
import os
import pathlib
import sys
import tempfile

SPACE = "0190aaaa-0000-7000-8000-000000000001"
# Where the model is looser than the grammar of headers: the space is a UUID, a subject has a node, `seen` ascends.
STRICT = (('Lane("space"', f'Lane("{SPACE}"'), ('found_lane("space"', f'found_lane("{SPACE}"'),
          ('subject="x", person=person', 'subject="%s/x" % node.name, person=person'),
          ('seen={**h.get("seen", {}), "%s/%s" % anyone.feed: [anyone.seq + 1, "ab" * 32]})',
           'seen=dict(sorted({**h.get("seen", {}), "%s/%s" % anyone.feed: [anyone.seq + 1, "ab" * 32]}.items())))'))


def load_model():
    model = pathlib.Path(os.environ.get("COMITY_SHARED", "../shared")) / "model"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="comity-model-"))
    for name in ("acts", "author", "ledger", "simulate"):
        source = (model / f"{name}.py").read_text()
        for loose, strict in STRICT:
            source = source.replace(loose, strict)
        (folder / f"{name}.py").write_text(source)
    sys.path.insert(0, str(folder))


def story(name, judge, items):
    arrivals = []
    for feed, seq, raw, body, root, mac in items:
        judge.take(feed, seq, raw, body, root, mac)
        arrivals.append({"node": feed[0], "epoch": feed[1], "seq": seq, "header": base64.b64encode(raw).decode(),
                         "act": body and base64.b64encode(body).decode(), "root": root, "signed": True})
    classes = [{"feed": feed, "seq": seq, "root": root, "class": kind, "reason": reason}
               for (feed, seq, root), (kind, reason) in sorted(judge.classes().items())]
    order = [{"feed": "/".join(r.feed), "seq": r.seq, "height": r.header["height"], "leaf": r.leaf}
             for r in judge.canonical()]
    return {"name": name, "space": judge.space, "lane": judge.id, "arrivals": arrivals,
            "expected": {"classes": classes, "canonical_order": order, "rows": judge.rows(), "digest": judge.digest(),
                         "forked_at": {"/".join(feed): size for feed, size in sorted(judge.fork_at.items())}}}


def tell(seed, folder):
    import simulate
    world = simulate.World(seed)
    for _ in range(world.chance.randint(60, 300)):
        world.step()
    world.deliver_everything()
    for number, lane in enumerate(sorted(world.lanes)):
        for node in (n for n in world.nodes.values() if lane in n.copies):
            items = node.copies[lane].everything()
            world.chance.shuffle(items)
            if world.chance.random() < 0.3:
                items = [item for item in items if world.chance.random() < 0.97]
            name = f"{seed:04d}-{number}-{node.name}"
            told = story(name, simulate.Lane(SPACE, lane, node.types), items)
            told["without_types"] = sorted(set(simulate.TYPES) - set(node.types))
            (folder / f"{name}.json").write_text(json.dumps(told))


def main(arguments):
    folder = pathlib.Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    count, first = (int(value) for value in (arguments[1:] + ["20", "1"][len(arguments) - 1:]))
    load_model()
    for seed in range(first, first + count):
        tell(seed, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
