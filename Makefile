# Tidemark: `make help` lists what there is. Stages decide by manifests what is still to do, so any
# target may be run again at any time.

SITE    ?= pipelines/site.toml
STORE   ?= data/store
THREADS ?= 2
BIN     := .build/release
VENV    := .build/venv
PYTHON  := $(VENV)/bin/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
PARTS := pipelines/daily.mk pipelines/demo.mk pipelines/install.mk pipelines/checks.mk pipelines/spark.mk
include $(PARTS)

##@ Setting up
.PHONY: help setup build clean

help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' \
	  Makefile $(PARTS)

PACKAGES := libcsv-dev liblz4-dev libzstd-dev libisal-dev libbz2-dev liblzma-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev nfdump tzdata

setup: ## Install the system packages that are missing (Debian; asks for root)
	@pipelines/install-packages $(PACKAGES)

build: setup ## Build the stages, optimised, to .build/release
	@swift build -c release

clean: ## Remove what was built (never the store)
	@rm -rf .build
