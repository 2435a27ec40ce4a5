# `make run` and `make test` need nothing but Python 3.11 (or newer) and make.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := accounts billing calls contracts customers helpdesk knowledge lib mail portal privacy tests tickets manage.py

.PHONY: run test fuzz calls axe check bench lighthouse screenshots requirements assets clean
.DELETE_ON_ERROR:

run: .venv assets
	@$(BIN)/python -m helpdesk.supervisor

# Everything runs on several cores; what ARGS names runs in one process.
IN_PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: .venv/tools assets
	@$(BIN)/python -m pytest $(or $(ARGS),$(IN_PARALLEL))

# The state machines of queue and clocks and the API's document, random and for long; a failure is shrunk to its smallest example.
fuzz: .venv/tools assets
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/integration/test_queue_machine.py \
	  tests/integration/test_queue_history.py tests/integration/test_clock_history.py \
	  tests/integration/test_api_schema.py $(ARGS)

# Calls on a real Asterisk and on its simulation: busy within half a second. On an idle machine; needs
# tests/telephony/install-asterisk.
calls: .venv/tools assets
	@CALLS_AT_ONCE_MS=500 $(BIN)/python -m pytest tests/telephony -s $(ARGS)

# Every page by axe in both languages, at both widths, in both themes; `make test` leaves out what repeats itself.
axe: .venv/tools assets
	@AXE_IN_EVERY_WAY=1 $(BIN)/python -m pytest tests/browser/test_accessibility.py $(ARGS)

check: .venv/tools assets
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m helpdesk.translations check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

# As a production installation would be set up.
PRODUCTION := DEBUG=false ALLOWED_HOSTS=helpdesk.example.com SITE_URL=https://helpdesk.example.com \
  SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ \
  ENCRYPTION_KEYS=b25seS1mb3ItdGhpcy1jaGVjay0wMTIzNDU2Nzg5YWI= EMAIL_URL=smtp+tls://mail.example.com:587

bench: .venv/tools assets
	@$(BIN)/python -m tests.bench $(ARGS)

# Scores of the public pages on production settings; needs Node and Chromium. Only this installs anything by npm.
lighthouse: .venv/tools assets .data/tools/node_modules/lighthouse
	@$(BIN)/python -m tests.lighthouse $(ARGS)

.data/tools/node_modules/lighthouse:
	@mkdir -p .data/tools
	@npm install --prefix .data/tools --no-package-lock --no-audit --no-fund --silent lighthouse@^12

# The pictures in docs/images; needs Chromium.
screenshots: .venv/tools assets
	@$(BIN)/python -m tests.browser.screenshots

# The virtual environment is as new as the pins it was made from.
.venv: .venv/product
.venv/product: requirements.txt
	@$(PYTHON) helpdesk/python_version.py
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what requirements.txt pins ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/tools: .venv/product requirements-dev.txt
	@echo "Installing what requirements-dev.txt pins ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Style sheet and message catalogues; each is built only when something it is made from changed.
assets: .venv
	@$(BIN)/python -m helpdesk.assets

# Newest versions that fit the .in files, tried by you before you commit them.
requirements: .venv/tools
	$(BIN)/python -m pip install --quiet --upgrade -r requirements.in -r requirements-dev.in
	$(BIN)/python -m helpdesk.requirements

clean:
	rm -rf .venv staticfiles static/built .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
