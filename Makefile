PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-slow check format docs bench article clean

demo: $(VENV)/.installed ## Train on the embedded digits, measure, look
	$(BIN)/stnctl train configs/demo.yaml
	$(BIN)/stnctl eval latest
	$(BIN)/stnctl inspect latest --bad 9
	$(BIN)/python -m stnctl warp docs/images/digit.png --theta 0.7 -0.7 0 0.7 0.7 0 -o runs/warped.png
	@echo
	@echo "Look at the pictures:"
	@ls -d "$$(ls -td runs/demo-* | head -n 1)"/inspect/*/*.png runs/warped.png

test: $(VENV)/.installed-dev ## Run the tests
	$(BIN)/pytest

test-slow: $(VENV)/.installed-dev ## Run the tests that take minutes
	$(BIN)/pytest -m slow

check: $(VENV)/.installed-dev ## Lint, format, types, docs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -q tests/docs

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.installed ## Write what is generated from the code
	$(BIN)/python docs/cli_page.py > docs/cli.md
	$(BIN)/stnctl schema > schemas/stnctl.schema.json

bench: $(VENV)/.installed-bench ## Print speed as ratios
	$(BIN)/python benchmarks/startup.py

article: $(VENV)/.installed ## Repeat the article's experiments on MNIST; DATA=path to mnist.npz
	$(BIN)/python benchmarks/article.py --data $(or $(DATA),mnist)

clean: ## Remove what make made; runs stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable ".[dev]"
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed
	$(PIP) --editable ".[bench]"
	@touch $@
