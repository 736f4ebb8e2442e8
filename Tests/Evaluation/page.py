"""The evaluation as a page."""

from html import escape

STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #2a7d4f; --bad: #b3452c; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
td.number, th.number { text-align: right; }
.bar { background: var(--good); display: inline-block; height: .6rem; }
.missed { background: var(--bad); }
p.figure { font-size: 1.25rem; }
"""


def number(value, form=".2f"):
    return "–" if value is None else format(value, form)


def table(head, rows):
    """A table whose cells are HTML; columns after the first hold numbers where `head` says so."""
    cells = "".join(
        f'<th class="number">{escape(name[1:])}</th>' if name.startswith("#")
        else f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(
            f'<td class="number">{cell}</td>' if name.startswith("#") else f"<td>{cell}</td>"
            for name, cell in zip(head, row)) + "</tr>"
        for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def bar(found, total):
    good, bad = (round(8 * part, 2) for part in (found / total, 1 - found / total))
    return (
        f'<span class="bar" style="width:{good}rem"></span>'
        f'<span class="bar missed" style="width:{bad}rem"></span>')


def page(result):
    kinds = [
        (escape(kind), bar(row["found"], row["firms"]), f"{row['found']} of {row['firms']}",
         number(row["median_hours"], ".0f"), escape(row["expected"]), row["expected_voted"],
         escape(", ".join(row["led_by"])))
        for kind, row in result["kinds"].items()]  # fmt: skip
    rankings = [
        (escape(name), *(number(row[key]) for key in ("average_precision", "recall", "precision")))
        for name, row in result["rankings"].items()]
    quiet = [
        (firm["seed"], allowed, number(count), number(firm["uniform_distance"], ".3f"))
        for firm in result["quiet"] for allowed, count in firm["decisions_per_day"].items()]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width'><title>Evaluation</title>",
        f"<style>{STYLE}</style><h1>What Tidemark finds on simulated firms</h1>",
        f"<p class=figure>{result['found']} of {result['attacks']} attacks found; "
        f"{number(result['false_per_day'])} false decisions a day, "
        f"{number(result['false_per_clean_day'])} on {result['clean_days']} clean days.</p>",
        "<h2>By kind of attack</h2>",
        table(["Attack", "", "#Found", "#Hours to the report, median", "Expected detector",
               "#It voted", "Led by"], kinds),
        "<h2>Hosts of a day by rank, beside simple rivals</h2>",
        table(["Ranking", "#Average precision", "#Recall, 20 a day", "#Precision, 20 a day"],
              rankings),
    ]  # fmt: skip
    if quiet:
        parts += [
            "<h2>Firms that nobody attacks</h2>",
            table(["Firm", "#Allowed a day", "#Decided a day", "#p off even by"], quiet),
        ]
    return "\n".join(parts) + "\n"
