"""A chat-completions endpoint on loopback, which answers as it is told.

    model.py LOG MODE

MODE is honest (the first phrase of each finding, which is true), lies (sentences and members that no
evidence has), garbage, oversized, cut, refused (status 500), slow or close. The port is printed once it
listens; the body of each request goes to LOG, a line each.
"""

import http.server
import json
import sys
import time

log_path, mode = sys.argv[1:]


def completion(content, reason="stop"):
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": reason}]})


def honest(findings):
    sentences = []
    for finding in findings:
        by_role = {item["role"]: item for item in reversed(finding["items"])}
        said = [by_role["host"], by_role["headline"]]
        text = f"{said[0]['say'][0]}: {said[1]['say'][0]}"
        if by_role["headline"]["say"][1:]:
            text = f"{said[0]['say'][0]} {said[1]['say'][1]}."
        sentences.append(
            {"finding": finding["finding"], "text": text, "cites": [item["id"] for item in said]})
    return {"sentences": sentences}


def lies(findings):
    texts = [
        "HOST_1 was isolated and is harmless.", "<script>alert(1)</script>",
        "Severity: info. Recommendation: close.", "HOST_2 sent 9.9 GB to 203.0.113.99.",
    ]
    sentences = [
        {"finding": finding["finding"], "text": text, "severity": "info", "cites": ["e1", "e2"]}
        for finding in findings for text in texts]
    return {
        "severity": "info", "status": "closed", "recommendation": "close", "decision": "watch",
        "budget": 0, "rank": 99, "sentences": sentences,
    }


def answer(request):
    findings = json.loads(request["messages"][1]["content"])["findings"]
    if mode == "honest":
        return completion(json.dumps(honest(findings)))
    if mode == "lies":
        return completion(json.dumps(lies(findings)))
    if mode == "cut":
        return completion(json.dumps(honest(findings))[:40], "length")
    if mode == "oversized":
        return completion(json.dumps(honest(findings))) + " " * 200_000
    return "\x00\xff not JSON <b>"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(log_path, "ab") as log:
            log.write(body.replace(b"\n", b" ") + b"\n")
        if mode == "slow":
            time.sleep(30)
        if mode in ("slow", "close"):
            self.close_connection = True
            return
        text = answer(json.loads(body)).encode("latin-1")
        try:
            self.send_response(500 if mode == "refused" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except OSError:
            pass  # The client reads no more than its limit.

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
