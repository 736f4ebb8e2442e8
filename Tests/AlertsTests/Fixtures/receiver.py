"""A receiver of alerts on loopback, which checks what it gets and answers as it is told.

    receiver.py KIND PORT LOG [ANSWER …]

KIND is slack, whatsapp, webhook, smtp, udp or tcp; PORT may be 0. The port is printed once it listens.
Each request is answered by the next ANSWER, the last one for all that follow: `ok`, a status, a status
and its Retry-After as `429:2`, an error code as `400=130429`, `slow`, or `close`. A line of JSON for
each request goes to LOG.
"""

import email
import email.policy
import http.server
import json
import re
import socketserver
import sys
import threading
import time

kind, port, log_path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
answers = sys.argv[4:] or ["ok"]
lock = threading.Lock()


def next_answer():
    with lock:
        return answers.pop(0) if len(answers) > 1 else answers[0]


def record(entry):
    with lock, open(log_path, "a", encoding="utf-8") as log:
        log.write(json.dumps(entry) + "\n")


def texts(value):
    if isinstance(value, dict):
        for key, below in value.items():
            if key == "text" and isinstance(below, str):
                yield below
            else:
                yield from texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from texts(below)


def slack_problems(body):
    """What the documented limits of incoming webhooks and Block Kit say against a body."""
    problems = []
    if len(body) >= 10_000:
        problems.append("more than 10 kB")
    message = json.loads(body)
    blocks = message["blocks"]
    if len(blocks) > 50:
        problems.append("more than 50 blocks")
    for block in blocks:
        if block["type"] == "header":
            if block["text"]["type"] != "plain_text" or len(block["text"]["text"]) > 150:
                problems.append("header")
        elif block["type"] == "section":
            if not 1 <= len(block["text"]["text"]) <= 3000:
                problems.append("section")
        elif block["type"] == "context":
            if not 1 <= len(block["elements"]) <= 10:
                problems.append("context")
        else:
            problems.append("block " + block["type"])
    for text in texts(message):
        if "<" in text or ">" in text or re.search("&(?!(amp|lt|gt);)", text):
            problems.append("unescaped: " + text)
        if re.search("@(here|channel|everyone)", text):
            problems.append("mention: " + text)
    if message.get("unfurl_links") is not False or message.get("unfurl_media") is not False:
        problems.append("unfurls links")
    return problems


def whatsapp_problems(body):
    message = json.loads(body)
    problems = []
    if message["messaging_product"] != "whatsapp" or message["type"] != "template":
        problems.append("type")
    if not message["template"]["name"] or not message["template"]["language"]["code"]:
        problems.append("template")
    (component,) = message["template"]["components"]
    parameters = [parameter["text"] for parameter in component["parameters"]]
    if len(parameters) != 4 or not all(parameters):
        problems.append("parameters")
    if any(re.search("[\n\t]|    ", text) for text in parameters):
        problems.append("line ends, tabs or runs of spaces")
    if sum(len(text) for text in parameters) > 1024:
        problems.append("too long")
    return problems


class Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = next_answer()
        problems = {"slack": slack_problems, "whatsapp": whatsapp_problems}.get(kind, lambda _: [])(body)
        record({
            "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": body.decode(), "problems": problems, "answer": answer, "at": time.monotonic(),
        })
        if answer == "close":
            self.close_connection = True
            return
        if answer == "slow":
            time.sleep(60)
        status, _, retry_after = answer.partition(":")
        status, _, code = status.partition("=")
        status = 400 if problems else 200 if status == "ok" else int(status)
        text = json.dumps({"error": {"code": int(code)}}) if code else "ok" if status == 200 else "no"
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class SMTP(socketserver.StreamRequestHandler):
    def handle(self):
        answer = next_answer()
        if answer == "close":
            return
        if answer == "slow":
            time.sleep(60)
        said = lambda text: self.wfile.write(text.encode() + b"\r\n")
        said("220 sink.example ESMTP")
        envelope = {"to": []}
        while line := self.rfile.readline():
            verb = line.decode().strip()
            command = verb.upper()
            if command.startswith("EHLO"):
                said("250-sink.example")
                said("250 AUTH PLAIN")
            elif command.startswith("AUTH PLAIN"):
                if command == "AUTH PLAIN":
                    said("334 ")
                    verb = self.rfile.readline().decode().strip()
                envelope["auth"] = verb.split()[-1]
                said("235 ok")
            elif command.startswith("MAIL"):
                envelope["from"] = verb
                said("250 ok")
            elif command.startswith("RCPT"):
                envelope["to"].append(verb)
                said("250 ok" if answer == "ok" else answer + " not now")
            elif command == "DATA":
                said("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b"..") else line)
                raw = b"".join(lines)
                mail = email.message_from_bytes(raw, policy=email.policy.default)
                record({
                    "envelope": envelope, "defects": [str(d) for d in mail.defects],
                    "headers": {k.lower(): str(v) for k, v in mail.items()},
                    "header_count": len(mail.items()), "body": mail.get_content(),
                    "longest": max(len(line) for line in lines),
                    "bare": sum(not line.endswith(b"\r\n") for line in lines),
                })
                said("250 taken")
            elif command == "QUIT":
                said("221 bye")
                return
            else:
                said("502 unknown")


class TCP(socketserver.StreamRequestHandler):
    """Syslog with octet counting (RFC 6587)."""

    def handle(self):
        data = self.rfile.read()
        while data:
            count, _, data = data.partition(b" ")
            frame, data = data[:int(count)], data[int(count):]
            record({"frame": frame.decode()})


class UDP(socketserver.BaseRequestHandler):
    def handle(self):
        record({"frame": self.request[0].decode()})


handler = {"smtp": SMTP, "tcp": TCP, "udp": UDP}.get(kind, Web)
server_class = socketserver.UDPServer if kind == "udp" else (
    http.server.ThreadingHTTPServer if handler is Web else socketserver.ThreadingTCPServer)
server_class.allow_reuse_address = True
server_class.daemon_threads = True
with server_class(("127.0.0.1", port), handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
