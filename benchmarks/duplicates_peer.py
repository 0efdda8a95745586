"""What `recordlinkage` and `splink` make of the same register. Run by a Python that has both.

`python duplicates_peer.py TRAIN.json TEST.json` prints what each found, as JSON. They are given
more than they would have at a desk: recordlinkage's model is taught by another register with its
answers, and of both the threshold is the best there is, by the answers of this one.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

COLUMNS = ("given", "family", "email", "phone", "postcode", "address", "organisation")


def frame(path: str) -> tuple[Any, set[tuple[int, int]]]:
    """The rows with empty cells as none, and the true pairs."""
    data = json.loads(Path(path).read_text())
    rows = pd.DataFrame(data["rows"])
    rows = rows.replace("", None)
    rows["local"] = rows["email"].str.split("@").str[0]
    return rows, {tuple(pair) for pair in data["pairs"]}  # type: ignore[misc]


def quality(found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> dict[str, float]:
    """Precision, recall and their harmonic mean."""
    hits = len(found & truth)
    precision = hits / len(found) if found else 0.0
    recall = hits / len(truth) if truth else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def features(rows: Any) -> Any:
    """Candidate pairs of recordlinkage and how each field compares."""
    import recordlinkage as rl
    from recordlinkage.preprocessing import phonetic

    rows = rows.copy()
    rows["heard"] = phonetic(rows["family"].fillna(""), method="nysiis")
    rows["first"] = rows["given"].str[:1]
    index = rl.Index()
    for keys in (["email"], ["phone"], ["local"], ["heard", "given"], ["heard", "first"],
                 ["postcode", "family"], ["postcode", "given"], ["family", "given"],
                 ["organisation", "given"]):  # fmt: skip
        index.block(keys)
    pairs = index.index(rows)
    pairs = pairs[[rows.at[i, "nature"] == rows.at[j, "nature"] for i, j in pairs]]
    compare = rl.Compare()
    for name in ("given", "family", "email", "address", "organisation"):
        compare.string(name, name, method="jarowinkler", label=name)
    for name in ("email", "phone", "postcode", "first"):
        compare.exact(name, name, label=f"{name} same", missing_value=0)
    compare.string("phone", "phone", method="levenshtein", label="phone near")
    compare.string("postcode", "postcode", method="levenshtein", label="postcode near")
    found = compare.compute(pairs, rows)
    for name in ("email", "phone", "postcode", "address", "organisation"):
        held = rows[name].notna()
        both = [held[i] and held[j] for i, j in found.index]
        found[f"{name} both"] = pd.Series(both, index=found.index).astype(float)
    return found


def ordered(pairs: Any) -> set[tuple[int, int]]:
    """Pairs with the smaller place first."""
    return {(min(i, j), max(i, j)) for i, j in pairs}


def with_recordlinkage(train: str, test: str) -> dict[str, Any]:
    """A logistic regression taught by another register, and the unsupervised ECM."""
    import recordlinkage as rl

    taught_rows, taught_truth = frame(train)
    rows, truth = frame(test)
    taught = features(taught_rows)
    begun = time.perf_counter()
    seen = features(rows)
    links = pd.MultiIndex.from_tuples([p for p in taught.index if
                                       (min(p), max(p)) in taught_truth])  # fmt: skip
    model = rl.LogisticRegressionClassifier()
    model.fit(taught, links)
    chances = model.prob(seen)
    seconds = time.perf_counter() - begun
    best = {"f1": 0.0}
    for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        now = quality(ordered(chances.index[chances >= least]), truth)
        best = max(best, now | {"threshold": least}, key=lambda each: each["f1"])
    ecm = rl.ECMClassifier(binarize=0.85)
    columns = [name for name in seen.columns if not name.endswith(" both")]
    unsupervised = ordered(ecm.fit_predict(seen[columns]))
    return {
        "recordlinkage, taught": best | {"seconds": seconds},
        "recordlinkage, ECM": quality(unsupervised, truth) | {"seconds": seconds},
    }


def with_splink(test: str) -> dict[str, Any]:
    """Its own comparisons, trained by expectation maximisation; the best threshold there is."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    rows, truth = frame(test)
    rows["unique_id"] = rows.index
    begun = time.perf_counter()
    rules = [
        block_on("nature", "email"), block_on("nature", "phone"), block_on("nature", "local"),
        block_on("nature", "family", "substr(given, 1, 1)"),
        block_on("nature", "postcode", "given"),
        block_on("nature", "postcode", "substr(family, 1, 1)"),
        block_on("nature", "given", "substr(family, 1, 3)"),
        block_on("nature", "organisation", "given"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given").configure(term_frequency_adjustments=True),
            cl.NameComparison("family").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
            cl.DamerauLevenshteinAtThresholds("phone", 1),
            cl.DamerauLevenshteinAtThresholds("postcode", 1),
            cl.JaroWinklerAtThresholds("address", 0.9),
            cl.JaroWinklerAtThresholds("organisation", 0.9),
        ],
        blocking_rules_to_generate_predictions=rules,
    )
    api = DuckDBAPI()
    data = api.register(rows) if hasattr(api, "register") else rows
    linker = Linker(data, settings) if hasattr(api, "register") else Linker(data, settings, api)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("email", "family"), block_on("phone", "given")], recall=0.6
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6)
    for rule in (block_on("family", "given"), block_on("email"), block_on("phone")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    seconds = time.perf_counter() - begun
    best: dict[str, float] = {"f1": 0.0}
    scored = list(zip(found["unique_id_l"], found["unique_id_r"], found["match_probability"],
                      strict=True))  # fmt: skip
    for least in (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999):
        now = quality(ordered((i, j) for i, j, p in scored if p >= least), truth)
        if now["f1"] > best["f1"]:
            best = now | {"threshold": least}
    return {"splink, best threshold": best | {"seconds": seconds}}


def main() -> int:
    """Both, as JSON. One that fails says why."""
    train, test = sys.argv[1:3]
    said: dict[str, Any] = {}
    for job in (lambda: with_recordlinkage(train, test), lambda: with_splink(test)):
        try:
            said |= job()
        except Exception as error:  # noqa: BLE001 - the other may do
            said[f"failed: {type(error).__name__}: {str(error)[:300]}"] = {}
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
