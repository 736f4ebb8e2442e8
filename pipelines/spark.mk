##@ On a Spark cluster
.PHONY: spark-test bench-spark

SPARK          := .build/spark
SPARK_PACKAGES := openjdk-17-jre-headless
SPARK_WHEELS   := pyspark==4.3.0 mypy==2.4.1 $(filter pyarrow% duckdb%,$(TEST_WHEELS))

$(SPARK)/installed: pipelines/spark.mk
	@pipelines/install-packages $(SPARK_PACKAGES)
	@python3 -m venv $(SPARK)
	@$(SPARK)/bin/pip install --quiet --disable-pip-version-check $(SPARK_WHEELS)
	@touch $@

spark-test: build $(SPARK)/installed ## The stages on a Spark cluster of this machine's own, some of it killed (four minutes of CPU)
	@$(SPARK)/bin/mypy --strict --cache-dir .build/mypy pipelines/spark
	@TIDEMARK_STAGES=$(abspath $(BIN)) TIDEMARK_SPARK_WORK=$(abspath .build/spark-test) \
	  $(SPARK)/bin/python Tests/Spark $(abspath .build/figures/spark-test.json)

bench-spark: build $(SPARK)/installed ## What a Spark cluster costs and gains beside make -j2 (five minutes of CPU)
	@$(SPARK)/bin/python Tests/Spark/measure.py --bin $(abspath $(BIN)) \
	  --work $(abspath .build/spark-test) --figures .build/figures/bench-spark.json
