##@ Trying it
.PHONY: demo

DEMO := data/demo

demo: build ## Four simulated weeks of a small firm through the whole pipeline
	@$(BIN)/simulate --output $(DEMO)/exports --seed 1 --attacks demo
	@$(MAKE) --no-print-directory replay SITE=$(DEMO)/exports/site.toml STORE=$(DEMO)/store \
	  FROM=2026-03-02 TO=2026-03-29
	@echo "demo: the last day's report is $(DEMO)/store/reports/day=2026-03-29/report.html"
