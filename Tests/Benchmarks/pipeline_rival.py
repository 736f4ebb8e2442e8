"""The same question asked of DuckDB and scikit-learn: which host-hours of each day stand out most?

    pipeline_rival.py LOGS OUT     (LOGS: a folder of Zeek's connection logs, plain or in gzip)

Reads all logs, counts what each host of the site did in each hour, trains an isolation forest of 100 trees of 256
samples on all of them, and writes each day's top ten to OUT. It normalises nothing, keeps nothing for
the next day, and explains nothing.
"""

import sys

import duckdb
import numpy
from sklearn.ensemble import IsolationForest

THREADS = 2
NAMES = (
    "ts uid orig_h orig_p resp_h resp_p proto service duration orig_bytes resp_bytes conn_state"
    " local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes"
    " tunnel_parents"
).split()
TYPES = {"ts": "DOUBLE", "duration": "DOUBLE", "resp_p": "INTEGER"} | dict.fromkeys(
    ["orig_bytes", "resp_bytes"], "BIGINT")
FEATURES = ["conversations", "peers", "ports", "sent", "received", "seconds", "failed"]


def host_hours(logs):
    columns = {name: TYPES.get(name, "VARCHAR") for name in NAMES}
    return duckdb.connect(config={"threads": THREADS}).execute(f"""
        SELECT orig_h AS host, floor(ts / 3600)::BIGINT AS hour, count(*) AS conversations,
          count(DISTINCT resp_h) AS peers, count(DISTINCT resp_p) AS ports,
          coalesce(sum(orig_bytes), 0)::DOUBLE AS sent, coalesce(sum(resp_bytes), 0)::DOUBLE AS received,
          coalesce(sum(duration), 0) AS seconds,
          count(*) FILTER (conn_state IN ('S0', 'REJ', 'RSTO')) AS failed
        FROM read_csv('{logs}/*', delim = '\t', header = false, comment = '#', nullstr = '-',
          quote = '', escape = '', auto_detect = false, columns = {columns})
        WHERE starts_with(orig_h, '10.') OR starts_with(orig_h, '2001:db8:')
        GROUP BY ALL ORDER BY hour, host""").fetchnumpy()


def main():
    _, logs, out = sys.argv
    rows = host_hours(logs)
    matrix = numpy.log1p(numpy.column_stack([rows[name] for name in FEATURES])).astype("float32")
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=1, n_jobs=THREADS)
    strangeness = -forest.fit(matrix).score_samples(matrix)
    days = rows["hour"] // 24
    with open(out, "w") as file:
        for day in numpy.unique(days):
            own = numpy.flatnonzero(days == day)
            for row in own[numpy.argsort(-strangeness[own], kind="stable")[:10]]:
                print(day, rows["hour"][row], rows["host"][row], strangeness[row], file=file)


main()
