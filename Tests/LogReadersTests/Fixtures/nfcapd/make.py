#!/usr/bin/env python3
"""Makes the files of this folder: flows sent over the loopback interface to nfcapd, and what nfdump
prints for the files that it wrote.

    make.py --nfdump16 PREFIX --nfdump17 PREFIX

The prefixes are installations of nfdump 1.6.25 (configured with --enable-nsel) and 1.7.8, built from
their tags at github.com/phaag/nfdump; nfdump 1.7.1 is Debian's. The times in the flows are fixed;
only those of reception differ from run to run.
"""

import argparse
import datetime
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import time

HERE = pathlib.Path(__file__).parent
BOOT = 1_700_000_000  # The exporter's boot; uptimes of flows count from here.
UPTIME = 3_000_000  # Milliseconds.

# NetFlow 9 fields (RFC 3954; Cisco's NSEL and NAT logging): number and bytes.
COUNTERS = [(1, 8), (2, 8), (4, 1), (5, 1), (6, 1), (7, 2)]
ROUTING = [(9, 1), (10, 4), (13, 1), (14, 4), (16, 4), (17, 4), (22, 4), (21, 4), (55, 1), (58, 2), (59, 2)]
TEMPLATES = {
    256: COUNTERS + [(8, 4), (12, 4), (11, 2)] + ROUTING,
    257: COUNTERS + [(27, 16), (28, 16), (11, 2)] + ROUTING,
    258: COUNTERS + [(8, 4), (12, 4), (11, 2)] + ROUTING + [(23, 8), (24, 8)],
    259: [(1, 4), (2, 4), (4, 1), (7, 2), (11, 2), (8, 4), (12, 4), (22, 4), (21, 4)],
    260: [(1, 4), (2, 4), (4, 1), (8, 4), (12, 4), (32, 2), (22, 4), (21, 4)],
    261: [(1, 4), (2, 4), (4, 1), (27, 16), (28, 16), (32, 2), (22, 4), (21, 4)],
}
EVENTS = {
    300: [(323, 8), (148, 4), (8, 4), (7, 2), (12, 4), (11, 2), (4, 1), (225, 4), (226, 4), (227, 2),
          (228, 2), (233, 1), (33002, 2), (231, 4), (232, 4)],
    301: [(323, 8), (230, 1), (8, 4), (12, 4), (7, 2), (11, 2), (225, 4), (226, 4), (227, 2), (228, 2),
          (4, 1), (234, 4), (235, 4)],
}


def value(field, size, draw, protocol, first, last):
    ports = protocol in (6, 17)
    known = {
        1: draw.choice([60, 1500, 2**20, 2**33 if size == 8 else 2**31]) + draw.randrange(1000),
        2: draw.randrange(1, 10**5), 4: protocol, 5: draw.randrange(256), 6: draw.randrange(256),
        7: draw.randrange(1024, 65536) if ports else 0,
        11: draw.choice([22, 53, 443, 65535]) if ports else draw.choice([0x0800, 0x0000, 0x8700]),
        21: last, 22: first, 23: draw.randrange(2**34), 24: draw.randrange(10**6),
        32: draw.choice([0x0800, 0x0000, 0x0303, 0x8700]), 230: draw.choice([1, 2]),
        233: draw.choice([1, 2, 3]), 323: (BOOT * 1000) + last,
    }
    if field in (27, 28):
        return ipv6(draw)
    if field in (8, 12, 225, 226):
        return bytes([10, draw.randrange(4), draw.randrange(256), draw.randrange(1, 255)])
    number = known.get(field)
    if number is None:
        number = draw.randrange(min(256 ** size, 2**31))
    return number.to_bytes(size, "big")


def ipv6(draw):
    groups = [0x2001, 0xDB8, draw.randrange(2), 0, 0, 0, draw.randrange(65536), draw.randrange(65536)]
    return struct.pack(">8H", *groups)


def packets(templates, count, seed):
    draw = random.Random(seed)
    sets = b""
    for number, fields in templates.items():
        body = b"".join(struct.pack(">HH", *field) for field in fields)
        sets += struct.pack(">HHHH", 0, 8 + len(body), number, len(fields)) + body
    sequence = 0
    yield header(len(templates), sequence) + sets
    sequence += 1
    for _ in range(count):
        number = draw.choice(list(templates))
        records = b""
        amount = draw.randrange(1, 12)
        for _ in range(amount):  # Replies come on top.
            first = draw.randrange(UPTIME - 10**6)
            protocol = {260: 1, 261: 58}.get(number, draw.choice([6, 6, 17, 17, 47, 1, 132]))
            last = first + draw.randrange(300_000)
            record = b"".join(
                value(field, size, draw, protocol, first, last) for field, size in templates[number])
            records += record
            if number == 259 and draw.random() < 0.5:
                records += record[:9] + record[11:13] + record[9:11] + record[17:21] + record[13:17] \
                    + record[21:]
                amount += 1
        records += b"\0" * (-len(records) % 4)
        yield header(amount, sequence) + struct.pack(">HH", number, 4 + len(records)) + records
        sequence += 1


def header(count, sequence):
    return struct.pack(">HHIIII", 9, count, UPTIME, BOOT + UPTIME // 1000, sequence, 7)


def capture(command, target, port, datagrams):
    folder = target.parent / (target.name + ".d")
    folder.mkdir()
    process = subprocess.Popen(
        [command[0], "-p", str(port), "-t", "3600", "-b", "127.0.0.1", *command[1:], str(folder)],
        env={**os.environ, "TZ": "UTC"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for datagram in datagrams:
        sender.sendto(datagram, ("127.0.0.1", port))
        time.sleep(0.002)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    process.wait()
    (written,) = folder.glob("nfcapd.2*")
    written.rename(target)
    for rest in folder.iterdir():
        rest.unlink()
    folder.rmdir()


COLUMNS = "tsr td pr sa sp da dp flg pkt byt opkt obyt in out sas das nsa nda nsp ndp fl".split()


def run(*command):
    return subprocess.run(
        command, env={**os.environ, "TZ": "UTC"}, check=True, capture_output=True, text=True).stdout


def printed(old, new, path):
    """What nfdump prints: for files of 1.6 that version, since 1.7 loses ports of their events."""
    columns = ["%" + name for name in COLUMNS]
    if "-1." in path.name:
        columns[0] = "%ts"
        lines = run(old + "nfdump", "-q", "-6", "-N", "-r", path, "-o", "fmt:" + ",".join(columns))
        rows = []
        for line in lines.splitlines():
            first, rest = line.split(",", 1)
            instant = datetime.datetime.fromisoformat(first + "+00:00")
            rows.append(f"{instant.timestamp():.3f},{rest}".replace(" ", ""))
    else:
        renamed = [{"%pkt": "%ipkt", "%byt": "%ibyt"}.get(column, column) for column in columns]
        rows = run(new + "nfdump", "-q", "-r", path, "-o", "csv:" + ",".join(renamed)).splitlines()[1:]
    return "\n".join([",".join(COLUMNS)] + rows) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nfdump16", required=True)
    parser.add_argument("--nfdump17", required=True)
    parser.add_argument("--packets", type=int, default=12)
    parser.add_argument("--into", type=pathlib.Path, default=HERE)
    options = parser.parse_args()
    new, old = options.nfdump17 + "/bin/", options.nfdump16 + "/bin/"
    for path in options.into.glob("*.nfcapd"):
        path.unlink()
    flows = list(packets(TEMPLATES, options.packets, seed=1))
    events = list(packets(EVENTS, options.packets // 2, seed=2))
    plain1, plain2 = options.into / "flows-1.nfcapd", options.into / "flows-2.nfcapd"
    capture([old + "nfcapd", "-w", "-T", "all", "-l"], plain1, 9995, flows)
    capture([new + "nfcapd", "-w"], plain2, 9996, flows)
    capture([old + "nfcapd", "-w", "-T", "all", "-l"], options.into / "events-1.nfcapd", 9997, events)
    capture([new + "nfcapd", "-w"], options.into / "events-2.nfcapd", 9998, events)
    capture(["/usr/bin/nfcapd", "-w"], options.into / "flows-2-debian.nfcapd", 9999, flows)
    for name, option in [("lz4", "-y"), ("lzo", "-z"), ("bz2", "-j")]:
        run(old + "nfdump", "-q", "-r", plain1, option, "-w", options.into / f"flows-1-{name}.nfcapd")
    for name in ["lz4", "zstd", "lzo", "bz2"]:
        run(new + "nfdump", "-q", "-r", plain2, f"-z={name}", "-w",
            options.into / f"flows-2-{name}.nfcapd")
    run(new + "nfdump", "-q", "-r", plain2, "-B", "-w", options.into / "biflow-2.nfcapd")
    for name in ["flows-1", "flows-2", "flows-2-debian", "events-1", "events-2", "biflow-2"]:
        path = options.into / (name + ".nfcapd")
        path.with_suffix(".csv").write_text(printed(old, new, path))


main()
