##@ On a machine of its own
.PHONY: static install uninstall

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR    ?=

STATIC     := .build/static
LIBEXECDIR := $(PREFIX)/libexec/tidemark
DATADIR    := $(PREFIX)/share/tidemark
UNITDIR    := $(PREFIX)/lib/systemd/system
SANDBOXDIR := $(UNITDIR)/tidemark-.service.d

INSTALLED_STAGES := ingest normalize baseline score report triage
SETTINGS := formats detectors playbooks quality
SERVICE  := pipelines/service
UNITS    := $(notdir $(wildcard $(SERVICE)/*.service $(SERVICE)/*.timer))

static: setup ## Build the stages for machines without Swift (ten minutes)
	@swift build -c release --static-swift-stdlib --scratch-path $(STATIC)

# fill NAME,FILE,MODE: a file of pipelines/service with the folders of this installation.
define fill
@sed -e 's|@libexecdir@|$(LIBEXECDIR)|g' -e 's|@docdir@|$(DATADIR)|g' \
  -e 's|@sysconfdir@|$(SYSCONFDIR)|g' $(SERVICE)/$(1) >"$(DESTDIR)$(2)"
@chmod $(3) "$(DESTDIR)$(2)"

endef

install: ## Install what make static built: PREFIX=/usr/local DESTDIR=
	@test -x $(STATIC)/release/triage || { echo "install: nothing is built; run make static first" >&2; exit 1; }
	@install -d $(foreach folder,$(LIBEXECDIR) $(PREFIX)/bin $(SANDBOXDIR) $(PREFIX)/lib/sysusers.d \
	  $(PREFIX)/lib/tmpfiles.d $(SYSCONFDIR)/tidemark $(addprefix $(DATADIR)/,$(SETTINGS)),\
	  "$(DESTDIR)$(folder)")
	@install -s -m 755 $(addprefix $(STATIC)/release/,$(INSTALLED_STAGES)) "$(DESTDIR)$(LIBEXECDIR)"
	@for folder in $(SETTINGS); do \
	  rm -f "$(DESTDIR)$(DATADIR)/$$folder"/*; \
	  install -m 644 pipelines/$$folder/* "$(DESTDIR)$(DATADIR)/$$folder" || exit 1; done
	@install -m 644 pipelines/site.toml Sources/StageKit/StageKit.docc/RunningDaily.md \
	  "$(DESTDIR)$(DATADIR)"
	$(call fill,tidemark,$(PREFIX)/bin/tidemark,755)
	$(foreach unit,$(UNITS),$(call fill,$(unit),$(UNITDIR)/$(unit),644))
	$(call fill,sandbox.conf,$(SANDBOXDIR)/sandbox.conf,644)
	$(call fill,sysusers.conf,$(PREFIX)/lib/sysusers.d/tidemark.conf,644)
	$(call fill,tmpfiles.conf,$(PREFIX)/lib/tmpfiles.d/tidemark.conf,644)
	@test -e "$(DESTDIR)$(SYSCONFDIR)/tidemark/site.toml" || \
	  install -m 640 pipelines/site.toml "$(DESTDIR)$(SYSCONFDIR)/tidemark/site.toml"

uninstall: ## Remove what make install installed; the site file and the store stay
	@rm -rf "$(DESTDIR)$(LIBEXECDIR)" "$(DESTDIR)$(DATADIR)" "$(DESTDIR)$(SANDBOXDIR)"
	@rm -f "$(DESTDIR)$(PREFIX)/bin/tidemark" "$(DESTDIR)$(PREFIX)/lib/sysusers.d/tidemark.conf" \
	  "$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/tidemark.conf" \
	  $(foreach unit,$(UNITS),"$(DESTDIR)$(UNITDIR)/$(unit)")
