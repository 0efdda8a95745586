"""The domain's migrations, in order. Each is a module of frozen literals; none imports a model."""

from __future__ import annotations

from engage_desktop.migrations.m0001_first import FIRST
from engage_desktop.migrations.m0002_accounts import ACCOUNTS
from engage_desktop.migrations.m0003_stakeholders import STAKEHOLDERS

MIGRATIONS = (FIRST, ACCOUNTS, STAKEHOLDERS)
