"""Save a small workspace as this release writes it, for every later release to open.

    .venv/bin/python tools/make_store_fixture.py

Run it once for a release, when its tables are final; it makes `tests/fixtures/store-<version>/`
with the workspace and, in `content.json`, all that it shows. What an earlier release saved is
never made anew.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from db.changes import Bin, Change, ChangeSetHead, Create, Edit, Op, Restore  # noqa: E402
from db.fields import FieldType, Spec  # noqa: E402
from db.keys import CHEAP  # noqa: E402
from db.query import ListQuery  # noqa: E402
from db.record import Record  # noqa: E402
from engage_desktop import __version__  # noqa: E402
from engage_desktop.records.registry import REGISTRY  # noqa: E402
from engage_desktop.workspace import Surroundings, Workspace  # noqa: E402

PASSPHRASE = "kept for later releases"
OFFICER = "Robin Fielder"
MS = 1_790_000_000_000

SAMPLES: dict[FieldType, Any] = {
    FieldType.TEXT: "Naïve café, “Hall 2”",
    FieldType.LONG_TEXT: "One line.\n\nAnother: 🧑‍🦽 عربى\u00a0= £5.",
    FieldType.EMAIL: "robin@example.org",
    FieldType.PHONE: "01632 960123",
    FieldType.POSTCODE: "ZZ9 9ZZ",
    FieldType.URL: "https://example.org/",
    FieldType.DATE: "2026-03-27",
    FieldType.DATETIME: "2026-03-27T14:30:00Z",
    FieldType.TIME: "14:30",
    FieldType.INTEGER: 12,
    FieldType.MONEY: 1250,
    FieldType.BOOLEAN: True,
}


def sample(cls: type[Record], spec: Spec, target: str) -> Any:
    """A value that says something, of a field's type."""
    if spec.choices:
        codes = [choice.code for choice in spec.choices]
        if spec.type is FieldType.CHOICES:
            return codes[:2]
        if spec.type is FieldType.FEATURES:
            return {codes[0]: "yes", codes[-1]: "no"}
        return codes[1]
    if spec.type is FieldType.LINK:
        return target
    if spec.type is FieldType.LINKS:
        return [target]
    known = {"quarter": "2026-27 Q1", "digest": "0" * 64}
    return known.get(spec.name, SAMPLES[spec.type])


def make(folder: Path) -> None:
    """Write the workspace and its content."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    ticks = iter(range(MS, MS + 10**9, 1000))
    around = Surroundings(now=lambda: next(ticks), cost=CHEAP)
    workspace, code = Workspace.create(
        folder / "workspace", officer=OFFICER, passphrase=PASSPHRASE, around=around
    )
    with workspace:
        fill(workspace)
        shown = content(workspace)
    (folder / "workspace" / "lock").unlink()
    about = {"version": __version__, "passphrase": PASSPHRASE, "code": code, **shown}
    (folder / "content.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def fill(workspace: Workspace) -> None:
    """Two records of each kind, the bin, an undo, a conflict, a draft and an attachment."""
    store = workspace.store
    ids = {cls.meta.name: f"{n:02x}" * 16 for n, cls in enumerate(REGISTRY, start=1)}
    for cls in REGISTRY:
        name = cls.meta.name
        values = {
            spec.name: sample(cls, spec, ids.get(spec.target, ids["venue"]))
            for spec in cls.specs().values()
        }
        full = cls.model_validate({"id": ids[name], **values})
        needed = {n: values[n] for n, spec in cls.specs().items() if spec.required}
        bare = cls.model_validate({"id": ids[name][::-1][:30] + "ee", **needed})
        store.apply([Create(full), Create(bare)], f"Add two of {name}")
    theme, venue = ids["theme"], ids["venue"]
    steps: list[Change] = [Edit("theme", theme, {"name": "Changed"}), Bin("venue", venue)]
    store.apply(steps, "Change and delete")
    store.apply([Restore("venue", venue)], "Restore")
    store.apply([Edit("theme", theme, {"name": "Undone"})], "Change again")
    store.undo()
    store.apply([Bin("event", ids["event"])], "Delete the event")
    receive(workspace, theme)
    workspace.drafts.put("capture", {"text": "half typed"})
    workspace.blobs.put(io.BytesIO(b"an attachment"))
    store.set_setting("fixture", {"kept": True})


def receive(workspace: Workspace, theme: str) -> None:
    """A colleague's change that conflicts, and what only a later release understands."""
    head = ChangeSetHead("c" * 32, "d" * 32, "Sam Marsh", MS + 10**8, 0, "From Sam")
    first = next(op for _, _, op in workspace.store.ops_after(0) if op.record == theme)
    workspace.store.receive(
        [
            (head, Op(head.id, 0, "theme", theme, {"name": "Sam's"}, {"name": [first.id]})),
            (head, Op(head.id, 1, "theme", theme, {"not_yet_invented": "kept"})),
            (head, Op(head.id, 2, "kind_of_tomorrow", "e" * 32, {"name": "Later"})),
        ]
    )


def content(workspace: Workspace) -> dict[str, Any]:
    """All that an officer sees, as JSON."""
    store = workspace.store
    records: dict[str, dict[str, Any]] = {}
    reader = store.reader()
    try:
        for cls in REGISTRY:
            for in_bin in (False, True):
                query = ListQuery(cls.meta.name, bin=in_bin, sort="pk")
                for row in reader.page(query).rows:
                    values = store.get(cls.meta.name, row.id).model_dump(mode="json")
                    entry = {"title": row.title, "bin": in_bin, "values": values}
                    records[f"{cls.meta.name}/{row.id}"] = entry
    finally:
        reader.close()
    return {
        "officer": store.officer,
        "records": records,
        "conflicts": [
            [c.kind, c.id, c.slot, [[v.officer, v.value] for v in c.versions]]
            for c in store.conflicts()
        ],
        "history": [[e.officer, e.why] for e in store.history("theme", _theme(records))],
        "undo": store.undo_words(),
        "drafts": {name: workspace.drafts.get(name) for name in workspace.drafts.names()},
        "attachments": workspace.blobs.all(),
        "setting": store.get_setting("fixture"),
    }


def _theme(records: dict[str, dict[str, Any]]) -> str:
    """The theme in conflict."""
    return next(k for k in records if k.startswith("theme/")).partition("/")[2]


if __name__ == "__main__":
    target = ROOT / "tests" / "fixtures" / f"store-{__version__}"
    make(target)
    total = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"Made {target.relative_to(ROOT)}, {total // 1024} KiB")
