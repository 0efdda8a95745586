#!/bin/sh
# Write requirements.lock: every package, direct or not, at one version for Linux, Windows and
# macOS and every Python from 3.11 on, with the hash of each file that may be installed for it.
#
#   tools/lock.sh            keep the versions that still fit pyproject.toml
#   tools/lock.sh --upgrade  take the newest that fit
#
# The index is the one uv uses unless told otherwise; neither its address nor any local setting
# reaches the file, so that the lock reads the same wherever it was made.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile pyproject.toml --group dev --no-config \
    --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate \
    --custom-compile-command "make lock" --quiet --output-file requirements.lock "$@"
echo "requirements.lock: $(grep -c '==' requirements.lock) packages, $(grep -c 'sha256:' requirements.lock) files"
