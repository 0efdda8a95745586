"""Offices that close by themselves."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.day.office import Hands, Office, make_workspace
from ui.theme import theme


@pytest.fixture
def make_office(qapp, qtbot, tmp_path):
    """Opens workspaces in their windows."""
    made = []

    def make(*, filled=False, workspace=None, **more):
        if workspace is None:
            workspace = make_workspace(tmp_path / f"Marlshire {len(made)}", filled=filled)
        office = Office(workspace, **more)
        made.append(office)
        return office

    yield make
    for office in made:
        office.close()
    for widget in QApplication.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    theme().set(scheme="light", percent=100)


@pytest.fixture
def hands():
    """An officer's hands."""
    return Hands()


@pytest.fixture
def tell(capsys):
    """Say a figure on the terminal, whatever becomes of the test."""

    def say(words):
        if os.environ.get("DAY_FIGURES"):
            with capsys.disabled():
                print(f"\n    {words}")  # noqa: T201
        else:
            print(words)  # noqa: T201

    return say


@pytest.fixture
def nhs_file():
    """The published file of comments, which is kept beside the project and not in it."""
    name = "shared/data/nhs_fft_comments_v6framework.csv"
    found = next((p / name for p in Path(__file__).parents if (p / name).is_file()), None)
    if found is None:
        pytest.skip("the published file of comments (../shared/data) is not here")
    return found
