"""Programs that ask at exact intervals, and that nobody should be asked about.

    make evaluate-pollers POLLERS=folder

A day of Zeek's http.log, in which thirteen hosts browse and seven of them poll every 300 s, is laid
over four weeks, its other conversations moved and thinned each day; clocks asked every 2,048.25 s and
leases every 427.02 s are added. Once the pollers are there from the first day, once they begin on the
nineteenth. It ends with an error when a host is decided for a poller's sake, and when the site is for
pollers that were always there; when many begin at once, one decision of the site is as it should be.
"""

import gzip
import random
import shutil
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from captures import Flow, zeek_log, zeek_rows
from replay import DAYS, JUDGED, STAGES, ZONE, Site, option_parser, write_figures

SAMPLE = "valid_tsv/http.log.gz"
LATE = DAYS[18]
POLL_SECONDS = range(299, 303)
SITE = """[site]
name = "Pollers"
timezone = "Europe/Berlin"
networks = ["10.0.0.0/8", "fe80::/10"]
seed = "pollers"

[[input]]
source = "sensor"
glob = "conn.*.log"
format = "zeek.conn"

[[input]]
source = "sensor"
glob = "http.*.log"
format = "zeek.http"
"""
HTTP_FIELDS = [
    "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "trans_depth", "method", "host",
    "uri", "user_agent", "request_body_len", "response_body_len", "status_code",
]  # fmt: skip


def of(row):
    """Who asks whom."""
    return row["id.orig_h"], row["id.resp_h"]


def real_day(path):
    """The rows of the log, by seconds from its first, and the pairs that poll."""
    with gzip.open(path, "rt") as file:
        rows = list(zeek_rows(file.read()))
    first = min(float(row["ts"]) for row in rows)
    times = defaultdict(list)
    for row in rows:
        row["second"] = (float(row["ts"]) - first) % 86_400
        times[of(row)].append(float(row["ts"]))
    polling = set()
    for pair, moments in times.items():
        moments.sort()
        gaps = Counter(round(b - a) for a, b in zip(moments, moments[1:]) if b - a >= 1)
        regular = sum(gaps[second] for second in POLL_SECONDS)
        if regular >= 20 and regular >= 0.3 * sum(gaps.values()):
            polling.add(pair)
    return rows, polling


def made(hosts):
    """(host, peer, port, gap) of clocks and leases, as they were seen in other networks."""
    for number, host in enumerate(hosts[:6]):
        yield host, f"192.0.2.{number % 2 + 1}", 123, 2048.25
        yield f"fe80::{number + 1}", "ff02::1:2", 547, 427.02


def write_day(folder, day, rows, polling, with_pollers):
    draw = random.Random(day)
    start = datetime.fromisoformat(day).replace(tzinfo=ZONE).timestamp()
    moved = {host: draw.uniform(-1200, 1200) for host in sorted({row["id.orig_h"] for row in rows})}
    kept = []
    for row in rows:
        is_polling = of(row) in polling
        if (is_polling and not with_pollers) or (not is_polling and draw.random() < 0.1):
            continue
        kept.append((start + (row["second"] + moved[row["id.orig_h"]]) % 86_390, row))
    kept.sort(key=lambda entry: entry[0])
    lines = ["#separator \\x09", "#path\thttp", "\t".join(["#fields", *HTTP_FIELDS])]
    flows = {}
    for moment, row in kept:
        uid = f"{row['uid']}{day[-2:]}"
        cells = {**row, "ts": f"{moment:.6f}", "uid": uid}
        lines.append("\t".join(cells[name] for name in HTTP_FIELDS))
        sent, received = (
            int(row[name].replace("-", "0") or 0) for name in ("request_body_len", "response_body_len"))
        flow = flows.setdefault(uid, [moment, moment, row, 300, 200])
        flow[1], flow[3], flow[4] = moment, flow[3] + 400 + sent, flow[4] + 300 + received
    conversations = [
        Flow(first, last - first + 0.2, "tcp", row["id.orig_h"], int(row["id.orig_p"]),
             row["id.resp_h"], int(row["id.resp_p"]), sent, received, 3 + sent // 1400,
             3 + received // 1400, "SF")
        for first, last, row, sent, received in flows.values()]  # fmt: skip
    for host, peer, port, gap in made(sorted(moved)) if with_pollers else ():
        moment = (DAYS.index(day) * -86_400) % gap
        while moment < 86_390:
            conversations.append(
                Flow(start + moment, 0.05, "udp", host, port, peer, port, 76, 76, 1, 1, "SF"))
            moment += gap
    conversations.sort(key=lambda flow: flow.start)
    (folder / f"http.{day}.log").write_text("\n".join(lines) + "\n")
    (folder / f"conn.{day}.log").write_text(zeek_log(conversations))


def replayed(binaries, work, sample, begin):
    """What is decided from the eighteenth day on, and which of it for a poller's sake."""
    shutil.rmtree(work, ignore_errors=True)
    exports = work / "exports"
    exports.mkdir(parents=True)
    (exports / "site.toml").write_text(SITE)
    rows, polling = real_day(sample)
    for day in DAYS:
        write_day(exports, day, rows, polling, day >= begin)
    site = Site(binaries, exports, work / "store")
    site.replay(DAYS, STAGES[:-1])
    peers = {pair[1] for pair in polling} | {peer for _, peer, _, _ in made(["host"] * 6)}
    decided, blamed, of_site, votes = [], [], [], Counter()
    for day in JUDGED:
        best, told_of = {}, Counter()
        for vote in site.votes(day):
            key = vote["entity"], vote["detector"]
            if key not in best or vote["raw_score"] > best[key]["raw_score"]:
                best[key] = vote
            if is_poller(vote, peers):
                votes[vote["detector"]] += 1
                told_of[vote["detector"]] += 1
        for row in site.entities(day):
            if row["decision"] != "decide":
                continue
            vote = best.get((row["entity"], row["leading_detector"]))
            told = f"{day}: {row['entity']} ({row['leading_detector']}, {vote and vote['peer']})"
            decided.append(told)
            if vote and is_poller(vote, peers):
                blamed.append(told)
            # What a detector says of many hosts at once is said of the site, and names no peer.
            if row["entity_kind"] == "site" and told_of[row["leading_detector"]]:
                of_site.append(told)
    return {
        "from": begin, "polling_pairs": len(polling), "decided": decided, "blamed": blamed,
        "of_site": of_site, "votes": dict(votes)}


def is_poller(vote, peers):
    host = (vote["peer"] or "").rpartition(":")[0].strip("[]")
    return host in peers


def main():
    parser = option_parser()
    parser.add_argument("--sample", type=Path, required=True, help="the folder that has valid_tsv")
    options = parser.parse_args()

    sample = options.sample / SAMPLE
    if not sample.exists():
        raise SystemExit(f"{sample}: expected a day of Zeek's http.log")
    results = []
    for begin in DAYS[0], LATE:
        result = replayed(options.bin, options.work, sample, begin)
        results.append(result)
        votes = ", ".join(f"{name} {count}" for name, count in sorted(result["votes"].items()))
        print(f"pollers from {begin}: {result['polling_pairs']} pairs, {len(JUDGED)} days;"
              f" {len(result['decided'])} decisions, {len(result['blamed'])} of a poller,"
              f" {len(result['of_site'])} of all;"
              f" votes that name one: {votes or 'none'}")
        for told in result["decided"]:
            print(f"  {told}{' <-- poller' if told in result['blamed'] else ''}")
    write_figures(options.figures, results)
    if any(result["blamed"] for result in results) or results[0]["of_site"]:
        raise SystemExit("pollers are among the decisions")


if __name__ == "__main__":
    main()
