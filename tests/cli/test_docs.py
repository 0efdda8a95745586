"""The manual of the command line says what the command line does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from engage_desktop.cli.printing import DOCUMENTS
from engage_desktop.cli.reports import REPORTS
from engage_desktop.cli.run import app
from engage_desktop.exchange.guess import guess_mapping
from engage_desktop.exchange.mapping import load_mapping
from engage_desktop.exchange.targets import shape_of
from engage_desktop.records.registry import REGISTRY

DOCS = Path(__file__).parents[2] / "docs"
MANUAL = (DOCS / "command-line.md").read_text("utf-8")
EVERYWHERE = {"--json", "--passphrase-file", "--help"}


def commands() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        for below, inner in getattr(command, "commands", {}).items():
            found[f"{name} {below}"] = inner
        if not hasattr(command, "commands"):
            found[name] = command
    return found


def synopses() -> dict[str, str]:
    blocks = re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL)
    joined = re.sub(r"\n +", " ", "\n".join(blocks))
    found = {}
    for line in filter(str.strip, joined.splitlines()):
        words = line.removeprefix("engage ").split()
        name = " ".join(words[:2]) if words[0] in ("team", "place") else words[0]
        found[name] = line
    return found


def options(command: Any) -> set[str]:
    return {o for p in command.params for o in p.opts if o.startswith("--")} - EVERYWHERE


def test_every_command_is_in_the_manual_and_no_other() -> None:
    assert set(synopses()) == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_the_manual_has_each_commands_options_and_arguments(name: str) -> None:
    command, line = commands()[name], synopses()[name]
    assert set(re.findall(r"--[a-z-]+", line)) == options(command)
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    said = re.sub(r"\[?--[a-z-]+( [A-Z]+)?\]?", "", line).replace("[", "").replace("]", "")
    shown = [p.metavar for p in arguments]
    assert [word for word in said.split()[1 + len(name.split()) :] if word] == shown


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_answers_in_json_and_explains_itself(name: str) -> None:
    command = commands()[name]
    flags = {o for p in command.params for o in p.opts}
    assert "--json" in flags
    assert ("--passphrase-file" in flags) == (name != "verify"), "a folder is checked without keys"
    assert len(command.help) > 20
    assert not any("passphrase" in o and not o.endswith("-file") for o in flags)
    for parameter in command.params:
        if parameter.name != "help":
            assert getattr(parameter, "help", None), f"{name}: {parameter.name} has no help"


def test_kinds_documents_and_reports_are_all_named() -> None:
    for word in (*REGISTRY.names(), *DOCUMENTS, *REPORTS):
        assert f"`{word}`" in MANUAL


def test_the_example_mapping_fits_its_fields() -> None:
    mapping = load_mapping(DOCS / "examples" / "nhs-fft-comments.toml")
    shape = shape_of(REGISTRY, mapping.kind)
    for rule in mapping.columns.values():
        assert shape.target(rule.to)
    assert shape.target(mapping.flags.to if mapping.flags else "")
    assert guess_mapping(REGISTRY, "feedback", ["Date"]).columns
