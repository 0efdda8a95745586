# Every target does its own set-up: tools/bootstrap.sh fills .venv/ and installs missing system
# libraries the first time, and costs a few hundredths of a second after that.
#
#   make run      open the application; without a display, leave a tour of it in build/tour/
#   make test     all tests, offscreen, shared among the processors
#                 (ARGS="-k name" narrows them and runs them in one process; ARGS=-n0 does so with all)
#   make lint     style, types and the arrows between the packages
#   make bench    speed and memory against plain SQL and an empty window, and its silences
#   make soak     long proofs: kill -9, many seeds; an hour and more, shared among the processors
#   make build    freeze the application into dist/engage-desktop/
#   make shots    the pictures in the README
#   make lock     requirements.lock from pyproject.toml
SHELL := /bin/sh
PYTHON ?= python3
export PYTHON
PY := .venv/bin/python
BOOTSTRAP := PYTHON="$(PYTHON)" sh tools/bootstrap.sh
ARGS ?=
OFFSCREEN := QT_QPA_PLATFORM=offscreen
# A worker takes some ten seconds to come up: worth it for all tests, not for a part of them.
SHARED := -n auto --dist worksteal
# The longest proofs begin first, and each worker takes the next one when it is through.
ONE_BY_ONE := -n auto --dist load --maxschedchunk 1

.PHONY: run test lint bench soak build shots lock tour clean

run:
	@$(BOOTSTRAP) run
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname -s)" = Darwin ]; then \
	    exec $(PY) -m engage_desktop $(ARGS); \
	else \
	    echo "No display here: leaving a tour in build/tour/"; \
	    $(MAKE) --no-print-directory tour; \
	fi

tour:
	@$(BOOTSTRAP) run
	@$(OFFSCREEN) $(PY) -m engage_desktop --tour build/tour
	@ls build/tour

test:
	@$(BOOTSTRAP) test
	@$(OFFSCREEN) $(PY) -m pytest $(or $(strip $(ARGS)),$(SHARED))

lint:
	@$(BOOTSTRAP) test
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache

bench:
	@$(BOOTSTRAP) test
	@$(OFFSCREEN) $(PY) -m benchmarks $(ARGS)
	@[ -n "$(ARGS)" ] || $(OFFSCREEN) $(PY) -m pytest -m alive --strict-silence

soak:
	@$(BOOTSTRAP) test
	@$(OFFSCREEN) $(PY) -m pytest --soak -m soak $(or $(strip $(ARGS)),$(ONE_BY_ONE))

build:
	@$(BOOTSTRAP) build
	@$(PY) -m PyInstaller --noconfirm --clean --log-level WARN build.spec
	@ls dist/engage-desktop

shots:
	@$(BOOTSTRAP) run
	@$(OFFSCREEN) $(PY) tools/shots.py docs/pictures

lock:
	@$(BOOTSTRAP) run
	@sh tools/lock.sh $(ARGS)

clean:
	rm -rf build dist .venv *.egg-info
