#!/usr/bin/env python3
"""Makes small conversations between two hosts: `serve` on one, `call` on the other."""
import http.client
import os
import random
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVER, SERVER6 = "198.51.100.20", "2001:db8:2::20"
UNANSWERED = "198.51.100.99"


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "bytes":
            self.reply(200, b"x" * int(parts[1]))
        else:
            self.reply(404, b"no such page\n")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(200, b"stored\n")

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Pages6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


def answer_names():
    """Says 192.0.2.80 to every question, and nothing to names that begin with x."""
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind((SERVER, 53))
    while True:
        question, client = names.recvfrom(512)
        if question[13:14] == b"x":
            continue
        answer = b"\xc0\x0c" + struct.pack("!HHIH4B", 1, 1, 300, 4, 192, 0, 2, 80)
        names.sendto(question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:] + answer, client)


def echo(peer):
    """Sends back what comes, until the other side closes or resets."""
    try:
        while data := peer.recv(4096):
            peer.sendall(data)
    except ConnectionResetError:
        pass
    peer.close()


def serve_echo():
    listener = socket.create_server((SERVER, 9000))
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=echo, args=(peer,), daemon=True).start()


def serve():
    for run in (
        ThreadingHTTPServer((SERVER, 8080), Pages).serve_forever,
        Pages6((SERVER6, 8080), Pages).serve_forever,
        answer_names,
    ):
        threading.Thread(target=run, daemon=True).start()
    serve_echo()


def page(host, path, body=None):
    connection = http.client.HTTPConnection(host, 8080, timeout=5)
    connection.request("POST" if body else "GET", path, body)
    connection.getresponse().read()
    connection.close()


def ask(name):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    query = os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as names:
        names.settimeout(1)
        names.sendto(query, (SERVER, 53))
        try:
            names.recv(512)
        except TimeoutError:
            pass


def ping(sequence):
    def checksum(data):
        total = sum(struct.unpack(f"!{len(data) // 2}H", data))
        total = (total >> 16) + (total & 0xFFFF)
        return ~(total + (total >> 16)) & 0xFFFF

    body = bytes(range(56))
    head = struct.pack("!BBHHH", 8, 0, 0, 4242, sequence)
    packet = struct.pack("!BBHHH", 8, 0, checksum(head + body), 4242, sequence) + body
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        raw.settimeout(1)
        raw.sendto(packet, (SERVER, 0))
        raw.recv(512)


def connect(host, port):
    try:
        socket.create_connection((host, port), timeout=1.5).close()
    except OSError:
        pass


def reset():
    """Ends a connection by RST."""
    with socket.create_connection((SERVER, 9000)) as peer:
        peer.sendall(b"soon gone")
        peer.recv(100)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def talk(seconds):
    """A connection that is longer than the exporters' active timeout."""
    with socket.create_connection((SERVER, 9000)) as peer:
        for _ in range(seconds):
            peer.sendall(b"still here" * 5)
            peer.recv(100)
            time.sleep(1)


def call():
    order = random.Random(7)
    long = threading.Thread(target=talk, args=(50,))
    long.start()
    for turn in range(40):
        ask(order.choice(["www", "api", "mail", "xgone"]) + f"{turn % 7}.firm.example")
        page(SERVER, f"/bytes/{int(order.lognormvariate(8, 1.2))}")
        if turn % 4 == 0:
            page(SERVER6, f"/bytes/{order.randrange(100, 9000)}")
        if turn % 5 == 0:
            ping(turn)
        if turn % 6 == 0:
            connect(SERVER, 8000 + turn)
        if turn % 13 == 0:
            connect(UNANSWERED, 443)
        if turn % 10 == 3:
            page(SERVER, "/upload", b"y" * order.randrange(5_000, 60_000))
        if turn % 10 == 7:
            page(SERVER, "/missing")
        if turn % 20 == 9:
            reset()
        time.sleep(order.uniform(0.1, 0.9))
    long.join()


if __name__ == "__main__":
    {"serve": serve, "call": call}[sys.argv[1]]()
