"""Commands that count: summary and report."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import InvalidInput, NotFound
from db.query import ListQuery
from db.reader import Reader
from engage_desktop.cli.common import (
    AsJson,
    PassphraseFile,
    WorkspaceFolder,
    answer,
    columns,
    opened,
)
from engage_desktop.exchange.exporter import records_of
from engage_desktop.plain import day_words
from engage_desktop.records.values import read_date

if TYPE_CHECKING:
    from engage_desktop.queries.standing_lists import Asked

REPORTS = {
    "bulletin": "Who gets the bulletin in which format: braille, easy read and so on.",
    "records": "How many records of each kind there are, and how many in the bin.",
    "fft": "Friends and Family Test answers by service.",
    "themes": "Comments under each theme, and whether it has been answered.",
    "counted-returns": "Figures that others counted, by source and subject.",
    "stakeholders": "Who was not contacted or asked, and what ran out: counts, or one list.",
}

Since = Annotated[str, typer.Option("--since", help="The first day counted, for example 1/4/2026.")]
Until = Annotated[str, typer.Option("--until", help="The last day counted.")]
Service = Annotated[str, typer.Option("--service", help="Only this service.")]
Provider = Annotated[str, typer.Option("--provider", help="Only this provider.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("summary")(summary)
    app.command("report")(report)


def summary(
    ws: WorkspaceFolder,
    what: Annotated[str, typer.Argument(metavar="fft|themes", help="What to sum up.")],
    since: Since = "",
    until: Until = "",
    service: Service = "",
    provider: Provider = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sum up answers (each person counts once) or themes (most comments first)."""
    from engage_desktop.queries.feedback import Scope, fft_summary, theme_counts

    if what not in ("fft", "themes"):
        raise NotFound(f"There is no summary “{what}”. Summaries: fft, themes.")
    scope = Scope(day_from(since), day_from(until), service, provider)
    with opened(ws, passphrase_file) as workspace:
        reader = workspace.store.reader()
        try:
            if what == "fft":
                value: dict[str, Any] = fft_summary(reader, scope).to_json()
            else:
                counts = theme_counts(reader, scope)
                value = {"themes": [{"name": t.name, "comments": t.comments} for t in counts]}
        finally:
            reader.close()
    answer(as_json, value, lambda: _summary_words(value))


def day_from(text: str) -> dt.date | None:
    """A day as it was typed; None for nothing. Raises `InvalidInput`."""
    try:
        return read_date(text)
    except ValueError as error:
        raise InvalidInput(str(error)) from None


def start_of(day: dt.date) -> int:
    """When a day begins here, in ms since 1970. Raises `InvalidInput`: further than clocks go."""
    try:
        return round(dt.datetime.combine(day, dt.time()).astimezone().timestamp() * 1000)
    except (OverflowError, ValueError, OSError):
        raise InvalidInput(
            f"{day_words(day)} is further away than any clock goes. Nothing was "
            "changed. Give a nearer day."
        ) from None


def _summary_words(value: dict[str, Any]) -> str:
    if "themes" in value:
        rows = [[f"{t['comments']:,}", t["name"]] for t in value["themes"]]
        return columns(["Comments", "Theme"], rows, 80) if rows else "No comment has a theme yet."
    from engage_desktop.records.feedback import FFT

    labels = {choice.code: choice.label for choice in FFT}
    rows = [[labels[code], f"{count:,}"] for code, count in value["counts"].items()]
    lines = [columns(["Answer", "People"], rows)]
    lines.append(f"{value['answered']:,} people answered; {value['not_asked']:,} were not asked.")
    if value["answered"]:
        lines.append(
            f"{value['positive_percent']} % positive, {value['negative_percent']} % negative."
        )
    return "\n".join(lines)


def report(
    ws: WorkspaceFolder,
    name: Annotated[
        str, typer.Argument(metavar="REPORT", help=f"One of: {', '.join(REPORTS)}; or “list”.")
    ],
    which: Annotated[
        str, typer.Option("--list", metavar="NAME", help="For stakeholders: one list, with rows.")
    ] = "",
    months: Annotated[
        int, typer.Option("--months", min=1, max=120, help="Months without a contact.")
    ] = 6,
    days: Annotated[
        int, typer.Option("--days", min=0, max=3660, help="Days to the end of a term.")
    ] = 60,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="With seats in groups that are marked sensitive.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """A report with its rows and totals."""
    from engage_desktop.queries.standing_lists import Asked

    asked = Asked(dt.datetime.now().astimezone().date(), months, days, sensitive)
    if name != "stakeholders" and (which or sensitive):
        raise InvalidInput("--list and --sensitive go with the report “stakeholders” only.")
    if name == "list":
        rows = [{"report": key, "about": words} for key, words in REPORTS.items()]
        value: dict[str, Any] = {"rows": rows, "totals": {"reports": len(rows)}}
    elif name not in REPORTS:
        raise NotFound(f"There is no report “{name}”. Reports: {', '.join(REPORTS)}.")
    else:
        with opened(ws, passphrase_file) as workspace:
            reader = workspace.store.reader()
            try:
                value = (
                    _stakeholders(reader, asked, which)
                    if name == "stakeholders"
                    else _REPORTS[name](reader)
                )
            finally:
                reader.close()
    answer(as_json, value, lambda: _report_words(value))


def _report_words(value: dict[str, Any]) -> str:
    rows = value["rows"]
    if not rows:
        return "There is nothing to report yet."
    names = list(rows[0])
    lines = [columns(names, [[_word(row[name]) for name in names] for row in rows], 60)]
    lines.append("Totals: " + ", ".join(f"{k} {_word(v)}" for k, v in value["totals"].items()))
    return "\n".join(lines)


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _records(reader: Reader) -> dict[str, Any]:
    rows = [
        {
            "kind": cls.meta.name,
            "records": reader.count(ListQuery(cls.meta.name)),
            "in_bin": reader.count(ListQuery(cls.meta.name, bin=True)),
        }
        for cls in reader.registry
    ]
    totals = {name: sum(int(str(row[name])) for row in rows) for name in ("records", "in_bin")}
    return {"rows": rows, "totals": totals}


def _fft(reader: Reader) -> dict[str, Any]:
    from engage_desktop.queries.feedback import fft_by_service, fft_summary

    rows = [{"service": name, **_flat(one)} for name, one in fft_by_service(reader).items()]
    return {"rows": rows, "totals": _flat(fft_summary(reader))}


def _flat(summary: Any) -> dict[str, Any]:
    value = summary.to_json()
    return {**value.pop("counts"), **value}


def _themes(reader: Reader) -> dict[str, Any]:
    from engage_desktop.queries.feedback import comment_counts, theme_counts

    counts = theme_counts(reader)
    rows = [{"theme": t.name, "comments": t.comments, "answered": t.answered} for t in counts]
    words, empty = comment_counts(reader)
    totals = {"themes": len(rows), "comments": words, "asked_and_empty": empty}
    return {"rows": rows, "totals": totals}


def _counted_returns(reader: Reader) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    totals: Counter[str] = Counter()
    for record in records_of(reader, ListQuery("counted_return", sort="-count")):
        value = record.model_dump(mode="json")
        names = ("source", "subject", "period_start", "period_end", "count", "is_total")
        rows.append({name: value[name] for name in names})
        if not value["is_total"]:
            totals[value["source"]] += value["count"]
    return {"rows": rows, "totals": dict(totals)}


def _stakeholders(reader: Reader, asked: Asked, which: str) -> dict[str, Any]:
    from engage_desktop.queries.standing_lists import LISTS, standing_counts, standing_list

    if not which:
        counts = standing_counts(reader, asked)
        listed = [{"list": key, "about": LISTS[key], "count": n} for key, n in counts.items()]
        return {"rows": listed, "totals": {"lists": len(listed)}}
    found = standing_list(reader, which, asked)
    rows = [
        {
            "name": row.name, "what": row.what, "since": row.since and row.since.isoformat(),
            "kind": row.kind, "id": row.id,
        }
        for row in found.rows
    ]  # fmt: skip
    left = {"do_not_contact": found.left_out, "sensitive": found.covered}
    totals = {"count": found.count, **{key: n for key, n in left.items() if n}, **dict(found.by)}
    return {"rows": rows, "totals": totals}


def _bulletin(reader: Reader) -> dict[str, Any]:
    from engage_desktop.queries.mailing import bulletin

    found = bulletin(reader, dt.datetime.now().astimezone().date())
    rows = [
        {"format": row.code, "label": row.label, "people": row.people,
         "with_email": row.with_email, "with_address": row.with_address}
        for row in found.rows
    ]  # fmt: skip
    return {"rows": rows, "totals": {"people": found.people, **found.left_out}}


_REPORTS = {
    "bulletin": _bulletin,
    "records": _records,
    "fft": _fft,
    "themes": _themes,
    "counted-returns": _counted_returns,
}
