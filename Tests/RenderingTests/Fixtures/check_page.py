"""What is wrong with a page, a line each: by html5lib's strict parser, by axe-core in a browser that
is 360 px wide, and where the page is wider than that. Prints `checked` last.

usage: check_page.py BROWSER PAGE FOLDER, where FOLDER is for what the browser writes
"""

import html
import importlib.resources
import pathlib
import re
import subprocess
import sys

import html5lib

browser, page, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
text = page.read_text(encoding="utf-8")

parser = html5lib.HTMLParser(strict=True)
try:
    parser.parse(text)
except html5lib.html5parser.ParseError as error:
    print(f"html5lib: {error} at {parser.errors[-1][0]}")

# The page's own policy would refuse the checker's script.
axe = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
for dark in [False, True]:
    inner = open_page.replace("(prefers-color-scheme: dark)", "all") if dark else open_page
    inner = inner.replace("<details>", "<details open>")
    name = folder / f"checked-{'dark' if dark else 'light'}.html"
    name.write_text(inner.replace("</body>", f"<script>{axe}</script></body>"), encoding="utf-8")
    # An iframe can be as narrow as a telephone, a window can't.
    frame = folder / "frame.html"
    frame.write_text(
        f"""<!doctype html><html lang="en"><title>frame</title><pre id="found"></pre>
<iframe src="{name.name}" title="page" style="width:360px;height:800px;border:0"></iframe>
<script>
const frame = document.querySelector("iframe"), found = document.querySelector("pre")
frame.onload = async () => {{
  const page = frame.contentWindow, root = page.document.documentElement, lines = []
  if (root.scrollWidth > 360) lines.push("wide: " + root.scrollWidth + " px")
  const results = await page.axe.run(page.document)
  for (const rule of results.violations)
    for (const node of rule.nodes) lines.push("axe: " + rule.id + ": " + node.html.slice(0, 160)
      + " " + node.any.map(check => check.message).join(" "))
  lines.push("passes: " + results.passes.length)
  found.textContent = lines.join("\\n")
}}
</script></html>""", encoding="utf-8")  # fmt: skip
    dom = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         "--virtual-time-budget=60000", f"--user-data-dir={folder}/profile", "--dump-dom",
         frame.as_uri()],
        capture_output=True, text=True, check=True).stdout  # fmt: skip
    lines = html.unescape(re.search(r'<pre id="found">(.*?)</pre>', dom, re.S)[1]).splitlines()
    if not re.fullmatch(r"passes: [1-9]\d+", lines[-1] if lines else ""):
        print("axe: did not finish")
    for line in lines[:-1]:
        print(f"{'dark' if dark else 'light'}: {line}")
print("checked")
