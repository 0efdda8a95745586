"""How things stand with a stakeholder, and e-mails, from the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Engage

MAIL = (
    b"From: ada@example.org\nSubject: The bus\nDate: Sun, 24 May 2026 09:00:00 +0100\n\n"
    b"Half past five.\n"
)


@pytest.fixture
def ada(engage: Engage, ws: Path) -> str:
    data = {"name": "Ada Fell", "email": "ada@example.org", "needs": ["easy_read"],
            "formats": ["easy_read"], "needs_asked": "2026-05-01", "bulletin": "yes",
            "do_not_contact": True}  # fmt: skip
    return str(engage("add", ws, "stakeholder", json.dumps(data), "--json").json["id"])


def test_how_things_stand(engage: Engage, ws: Path, ada: str) -> None:
    line = {"stakeholder": ada, "purpose": "quotes", "answer": "yes", "basis": "consent",
            "given_on": "2026-05-02", "source": "Call"}  # fmt: skip
    engage("add", ws, "permission", json.dumps(line))
    found = engage("standing", ws, ada, "--json").json
    assert found["needs"] == ["Easy read"]
    steps = {step["step"]: (step["state"], step["day"]) for step in found["steps"]}
    assert list(steps) == ["identify", "record", "flag", "share", "meet", "review"]
    assert steps["identify"] == ("done", "2026-05-01")
    held = {each["purpose"]: each for each in found["permissions"]}
    assert (held["quotes"]["state"], held["quotes"]["allowed"]) == ("yes", True)
    assert (held["quotes"]["since"], held["quotes"]["source"]) == ("2026-05-02", "Call")
    assert (held["bulletin"]["state"], held["bulletin"]["allowed"]) == ("yes", False)
    words = engage("standing", ws, ada).out
    assert "DO NOT CONTACT" in words
    assert "Easy read" in words
    assert engage("standing", ws, "0" * 32).code == 1


def test_an_e_mail_becomes_a_contact(engage: Engage, ws: Path, ada: str, tmp_path: Path) -> None:
    file = tmp_path / "bus.eml"
    file.write_bytes(MAIL)
    made = engage("contact-from-mail", ws, ada, file, "--json").json
    assert (made["day"], made["subject"], made["attachments"]) == ("2026-05-24", "The bus", [])
    kept = engage("show", ws, "interaction", made["id"], "--json").json
    assert kept["said"] == "Half past five."
    assert kept["begun_by"] == "them"
    assert engage("standing", ws, ada, "--json").json["last_contact"] == "2026-05-24"
    engage("undo", ws)
    assert engage("standing", ws, ada, "--json").json["last_contact"] is None
    file.write_bytes(b"\x00")
    ran = engage("contact-from-mail", ws, ada, file, "--json")
    assert ran.code == 1
    assert "holds no e-mail" in ran.error["sentence"]
