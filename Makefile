PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadfile
TSC := $(VENV)/node/node_modules/.bin/tsc
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo quick test test-slow test-backends test-browser test-extras test-ray test-slurm check check-js format docs bench bench-step bench-accuracy bench-sweep parity article distorted gallery chaos memory fuzz clean

help: ## Show what make can do
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

demo: $(VENV)/.installed ## Train on the embedded digits, evaluate, draw the figures
	@$(BIN)/stnctl demo

quick: $(VENV)/.installed-dev ## Run the tests that need no Keras and draw nothing, in a minute
	$(PYTEST) --no-keras $(addprefix --ignore tests/,faults fuzz docs figures test_extending.py \
	  test_architecture.py config/test_bad_configs.py cli/test_streams.py cli/test_signals.py \
	  cli/test_data.py geometry/test_tiled.py data/test_split_view.py)

test: $(VENV)/.installed-dev ## Run the tests
	$(PYTEST)

test-slow: $(VENV)/.installed-backends ## Run the tests that take minutes
	$(PYTEST) -m slow

test-backends: $(VENV)/.installed-backends ## Run the geometry and a training on JAX and PyTorch
	KERAS_BACKEND=jax $(BIN)/python -m tests.backends.jax_sums
	KERAS_BACKEND=jax $(PYTEST) tests/geometry tests/backends tests/training/test_part_optimizer.py
	KERAS_BACKEND=torch $(PYTEST) tests/geometry tests/backends tests/training/test_part_optimizer.py

test-browser: $(VENV)/.installed-browser ## Open the report in headless Chromium; installs it on Debian
	$(BIN)/pytest tests/browser

test-extras: $(VENV)/.installed-extras ## Export each network of the docs to each format; follow trainings
	$(BIN)/pytest -m "slow or not slow" tests/evaluation/test_run_export.py tests/cli/test_export.py \
	  tests/training/sinks tests/docs/test_own_images.py

test-ray: $(VENV)/.installed-ray ## Run a sweep on a Ray cluster of two nodes, and kill one of them
	$(BIN)/pytest -m "slow or not slow" tests/sweeps/engines/test_ray_engine.py

test-slurm: $(VENV)/.installed-dev ## Run a sweep on a small Slurm cluster; installs it on Debian
	@command -v slurmctld sbatch munged > /dev/null || \
	  apt-get install --yes --quiet --no-install-recommends slurmctld slurmd slurm-client munge
	$(BIN)/pytest -m "slow or not slow" tests/sweeps/engines/test_slurm_engine.py \
	  tests/sweeps/engines/test_slurm_cluster.py

check: $(VENV)/.installed-dev check-js ## Lint, format, types, docs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -q tests/docs

check-js: ## Types of the explorer's JavaScript; needs npm
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory $(TSC) && \
	  $(TSC) --project stnctl/reports/explorer/web; \
	else echo "npm is not installed: the types of the JavaScript are not checked"; fi

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.installed-dev ## Write what is generated from the code
	$(BIN)/python docs/cli_page.py > docs/cli.md
	$(BIN)/stnctl schema > schemas/stnctl.schema.json
	$(BIN)/stnctl schema --sweep > schemas/sweep.schema.json
	$(BIN)/python docs/conventions_picture.py
	$(BIN)/python docs/transforms_page.py
	$(BIN)/python docs/distortions_picture.py

bench: $(VENV)/.installed-bench ## Print speed as ratios
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.list_runs
	$(BIN)/python -m benchmarks.list_sweep
	$(BIN)/python -m benchmarks.sampler
	$(BIN)/python -m benchmarks.warp
	$(BIN)/python -m benchmarks.distort
	$(BIN)/python -m benchmarks.distort_step

bench-step: $(VENV)/.installed-bench ## Compare a training with Keras and PyTorch, 45 minutes
	$(BIN)/python -m benchmarks.step
	$(BIN)/python -m benchmarks.step_choices
	$(BIN)/python -m benchmarks.step_profile
	$(BIN)/python -m benchmarks.growth

bench-accuracy: $(VENV)/.installed-bench ## Seconds to the article's accuracy; DATA=path to mnist.npz
	$(BIN)/python -m benchmarks.time_to_accuracy $(DATA)

bench-sweep: $(VENV)/.installed-ray ## Compare a sweep with separate commands, half an hour
	$(BIN)/python -m benchmarks.sweep --ray

parity: $(VENV)/.installed-bench ## Compare the geometry with PyTorch, SciPy and others, on paper
	$(BIN)/python -m benchmarks.parity

article: $(VENV)/.installed ## Repeat the article's experiments on MNIST; DATA=path to mnist.npz
	$(BIN)/stnctl sweep article --jobs 2 --set data.source=$(or $(DATA),mnist)
	$(BIN)/stnctl table article --markdown

distorted: $(VENV)/.installed ## Train CNN and transformer on distorted MNIST; DATA=path to mnist.npz
	$(BIN)/python -m benchmarks.distorted --data $(or $(DATA),mnist)

gallery: $(VENV)/.installed-dev ## Draw docs/gallery.md; DATA=mnist, RUNS=folder of its runs
	$(BIN)/python -m benchmarks.gallery --data $(or $(DATA),digits) --runs $(or $(RUNS),runs/gallery)

chaos: $(VENV)/.installed-backends ## Kill trainings at random, resume them, and compare the bits
	$(BIN)/python -m benchmarks.chaos

memory: $(VENV)/.installed ## Compare the estimate of memory with real trainings
	$(BIN)/python -m benchmarks.memory

fuzz: $(VENV)/.installed-dev ## Feed 100,000 bad inputs to each reader
	$(BIN)/python -m tests.fuzz --write

clean: ## Remove what make made; runs stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV), a minute or two ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(PIP) --editable ".[dev]"
	@touch $@

$(VENV)/.installed-extras: $(VENV)/.installed-dev
	@$(PIP) --editable ".[dev,litert,mlflow,onnx,wandb]"
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@echo "Installing the libraries that the benchmarks compare with ..."
	@$(PIP) --editable ".[dev,bench]"
	@touch $@

$(VENV)/.installed-browser: $(VENV)/.installed-dev
	@command -v chromium chromedriver > /dev/null || \
	  { echo "Installing Chromium ..."; apt-get install --yes --quiet chromium chromium-driver; }
	@$(PIP) --editable ".[dev,browser]"
	@touch $@

$(TSC): $(VENV)/.installed
	@echo "Installing TypeScript ..."
	@npm install --silent --no-fund --no-audit --prefix $(VENV)/node typescript@5.9.3
	@touch $@

$(VENV)/.installed-ray: $(VENV)/.installed-dev
	@echo "Installing Ray ..."
	@$(PIP) --editable ".[dev,ray]"
	@touch $@

$(VENV)/.installed-backends: $(VENV)/.installed-dev
	@echo "Installing JAX and PyTorch ..."
	@$(PIP) --editable ".[dev,backends]"
	@touch $@
