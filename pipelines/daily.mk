##@ Every morning, and over history
.PHONY: ingest day due replay late report reword week month notify deliver verify retro tune export prune \
  doctor diff rescore

STAGE_OPTIONS = --site $(SITE) --store $(STORE) --threads $(THREADS)

# need VARIABLE,EXAMPLE: ends with a message when the variable is not set.
need = $(if $($(1)),,$(error set $(1), for instance: make $@ $(1)=$(2)))

# run-days OPTIONS: the stages after ingest, over the days that OPTIONS name.
define run-days
@$(BIN)/normalize $(STAGE_OPTIONS) $(1)
@$(BIN)/baseline $(STAGE_OPTIONS) $(1)
@$(BIN)/score $(STAGE_OPTIONS) $(1)
@$(BIN)/report $(STAGE_OPTIONS) $(1)
endef

# What is wrong with one file keeps no day of the others from its report.
define read-exports
@$(BIN)/ingest $(STAGE_OPTIONS) || { status=$$?; [ $$status -eq 1 ] || exit $$status; \
  echo "make: going on without what could not be read; the next run tries it again" >&2; }
endef

ingest: build ## Read the site's exports: make ingest SITE=… STORE=…
	@$(BIN)/ingest $(STAGE_OPTIONS)

day: ## One day, from exports to report: make day DATE=2026-03-29 SITE=… STORE=…
	$(call need,DATE,2026-03-29)
	@$(MAKE) --no-print-directory build
	$(read-exports)
	$(call run-days,--day $(DATE))
	@$(BIN)/report reword $(STAGE_OPTIONS) --day $(DATE)
	@$(BIN)/report notify $(STAGE_OPTIONS) --day $(DATE)
	@$(BIN)/triage sync $(STAGE_OPTIONS)

due: build ## All days to yesterday that are not done, and the last seven where rows came late
	$(read-exports)
	$(call run-days,--until yesterday)
	@$(BIN)/report reword $(STAGE_OPTIONS) --day yesterday
	@$(BIN)/report notify $(STAGE_OPTIONS) --recent
	@$(BIN)/triage sync $(STAGE_OPTIONS)

replay: ## Days of history in turn: make replay FROM=… TO=… SITE=… STORE=…
	$(call need,FROM,2026-03-02)
	$(call need,TO,2026-03-29)
	@$(MAKE) --no-print-directory build
	$(read-exports)
	$(call run-days,--from $(FROM) --to $(TO))
	@$(BIN)/triage sync $(STAGE_OPTIONS)

late: build ## Read rows that came late, and redo the days in the store that depend on them
	$(read-exports)
	$(call run-days,--existing)
	@$(BIN)/triage sync $(STAGE_OPTIONS)

report: build ## Write a day's report again from its scores: make report DATE=…
	$(call need,DATE,2026-03-29)
	@$(BIN)/report $(STAGE_OPTIONS) --day $(DATE)

reword: build ## Let the site file's language model reword a day's explanations: make reword DATE=…
	$(call need,DATE,2026-03-29)
	@$(BIN)/report reword $(STAGE_OPTIONS) --day $(DATE)

week: build ## Write the week's reports, for each kind of reader: make week DATE=…
	$(call need,DATE,2026-03-29)
	@$(BIN)/report period --kind weekly $(STAGE_OPTIONS) --day $(DATE)

month: build ## Write the month's reports: make month DATE=…
	$(call need,DATE,2026-03-29)
	@$(BIN)/report period --kind monthly $(STAGE_OPTIONS) --day $(DATE)

notify: build ## Tell the site file's routes what is new on a day, as make due does: make notify DATE=…
	$(call need,DATE,2026-03-29)
	@$(BIN)/report notify $(STAGE_OPTIONS) --day $(DATE)

deliver: build ## Send alerts that failed or waited for their hour
	@$(BIN)/report deliver $(STAGE_OPTIONS)

verify: build ## Check a day's files and recompute its report: make verify DATE=…
	$(call need,DATE,2026-03-29)
	@$(BIN)/report verify $(STAGE_OPTIONS) --day $(DATE)

tune: build ## How often each detector was right, and what could be changed; changes nothing
	@$(BIN)/triage tune $(STAGE_OPTIONS)

prune: build ## List what the site file's [retention] lets go; remove it with REMOVE=1
	@$(BIN)/triage prune $(STAGE_OPTIONS) $(if $(REMOVE),--remove)
	$(if $(REMOVE),@$(BIN)/report index $(STAGE_OPTIONS))

doctor: build ## Say whether settings, inputs, keys and store are well; reads all of the store with CHECKSUMS=1
	@$(BIN)/ingest doctor --site $(SITE) --store $(STORE) $(if $(CHECKSUMS),--checksums)

PERIOD = $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO))

retro: build ## Look for what a list says is bad in all stored days: make retro INDICATORS=feed.csv VALUE=column FROM=… TO=…
	$(call need,INDICATORS,feed.txt)
	@$(BIN)/score hunt $(INDICATORS) $(STAGE_OPTIONS) $(PERIOD) $(if $(VALUE),--value $(VALUE))

rescore: build ## What settings as they are now would have said, in a store beside: make rescore FROM=… TO=… OUT=data/tried
	$(call need,FROM,2026-03-02)
	$(call need,TO,2026-03-29)
	$(call need,OUT,data/tried)
	@$(BIN)/score rescore $(STAGE_OPTIONS) $(PERIOD) --into $(OUT)
	@$(BIN)/report --site $(SITE) --store $(OUT) --threads $(THREADS) $(PERIOD)
	@echo "rescore: compare with: make diff A=$(STORE) B=$(OUT)"

diff: build ## What the reports of two stores say differently: make diff A=data/store B=data/tried FROM=… TO=…
	$(call need,A,data/store)
	$(call need,B,data/tried)
	@$(BIN)/report diff $(A) $(B) $(PERIOD) $(if $(FORMAT),--format $(FORMAT))

EXPORTS ?= data/exports

export: build ## Incidents for other programs: make export FORMAT=ocsf|ocsf-incident|ecs|csv|navigator|parquet FROM=… TO=… [EVENTS=1]
	$(call need,FORMAT,parquet)
	$(call need,FROM,2026-03-02)
	$(call need,TO,2026-03-29)
	@mkdir -p $(EXPORTS)
ifeq ($(FORMAT),parquet)
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check $(filter pyarrow%,$(TEST_WHEELS))
	@$(PYTHON) pipelines/export_parquet.py $(STORE) $(EXPORTS) $(FROM) $(TO) $(if $(EVENTS),events)
else
	@$(BIN)/report export $(STAGE_OPTIONS) $(PERIOD) --format $(FORMAT) \
	  --output $(EXPORTS)/$(FORMAT)-$(FROM)-$(TO)
endif
