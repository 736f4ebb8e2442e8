"""Who turned to whom in real networks, window by window: (originator, responder, port, protocol
number, conversations, hour) each. A loader gives None where its sample is not at hand."""

import csv
import gzip
import io
import ipaddress
import pickle
import struct
from collections import Counter, defaultdict
from datetime import datetime, timezone

import numpy
from captures import is_private, text_of, zeek_rows

PROTOCOLS = {"tcp": 6, "udp": 17}


def by_window(rows, seconds):
    """Windows without rows between others stay, empty."""
    rows = [row for row in rows if row]
    first = min(row[0] for row in rows)
    windows = defaultdict(Counter)
    for time, *edge in rows:
        hour = datetime.fromtimestamp(time, timezone.utc).hour
        windows[int((time - first) // seconds)][*edge, hour] += 1
    return [
        [(*edge, count, hour) for (*edge, hour), count in sorted(windows[number].items())]
        for number in range(max(windows) + 1)]  # fmt: skip


def unpacked(path):
    with gzip.open(path, "rt", errors="replace") as file:
        return file.read()


def is_inside(*addresses):
    return all(
        is_private(address) and not ipaddress.ip_address(address).is_multicast
        and not address.endswith(".255") for address in addresses)  # fmt: skip


def competition(samples):
    """Twenty minutes of a contest in defence, by the minute: what its connections held, since the log
    of connections themselves is lost."""
    folder = samples / "fixtures/zeek-wrccdc2018/zeek-default"
    if not folder.exists():
        return None
    rows = []
    for path in sorted(folder.glob("*.log.gz")):
        for row in zeek_rows(unpacked(path)):
            try:
                ends = row["id.orig_h"], row["id.resp_h"]
                if is_inside(*ends):
                    protocol = PROTOCOLS.get(row.get("proto"), 6)
                    rows.append((float(row["ts"]), *ends, int(row["id.resp_p"]), protocol))
            except (KeyError, ValueError):
                continue
    return by_window(rows, 60) if rows else None


def office(samples):
    """A day of thirteen hosts' web requests, by the hour."""
    path = samples / "fixtures/zeek-rita/valid_tsv/http.log.gz"
    if not path.exists():
        return None
    return by_window(
        ((float(row["ts"]), row["id.orig_h"], row["id.resp_h"], int(row["id.resp_p"]), 6)
         for row in zeek_rows(unpacked(path))),
        3600)  # fmt: skip


def honeypots(samples):
    """Four months of what the Internet tried at nine hosts, by days."""
    path = samples / "demo/aws-honeypot-firewall/AWS_Honeypot_2013-03_06.csv.zst"
    if not path.exists():
        return None
    text = text_of(path).replace("\r", "\n")
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        if row["proto"] in ("TCP", "UDP") and row["dpt"] and row["srcstr"]:
            time = datetime.strptime(row["datetime"], "%m/%d/%y %H:%M")
            rows.append((
                time.replace(tzinfo=timezone.utc).timestamp(), row["srcstr"], row["host"],
                int(row["dpt"]), PROTOCOLS[row["proto"].lower()]))  # fmt: skip
    return by_window(rows, 86_400)


class Adjacencies(pickle.Unpickler):
    """Reads a pickle of PyTorch's tensors without PyTorch."""

    TYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8", "IntStorage": "<i4"}

    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return self.tensor
        if name == "_load_from_bytes":
            return self.storage
        if (module, name) == ("collections", "OrderedDict"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")

    @staticmethod
    def tensor(storage, offset, size, stride, *_):
        steps = [step * storage.itemsize for step in stride]
        return numpy.lib.stride_tricks.as_strided(storage[offset:], size, steps).copy()

    @classmethod
    def storage(cls, data):
        class Parts(pickle.Unpickler):
            def persistent_load(self, name):
                return name

            def find_class(self, _, name):
                return name

        file = io.BytesIO(data if isinstance(data, bytes) else data.encode("latin1"))
        for _ in range(3):
            Parts(file).load()
        kind = Parts(file).load()[1]
        Parts(file).load()
        count = struct.unpack("<q", file.read(8))[0]
        dtype = cls.TYPES[kind if isinstance(kind, str) else kind[1]]
        return numpy.frombuffer(file.read(count * numpy.dtype(dtype).itemsize), dtype)


def benchmark(name):
    """A graph of letters or papers that the literature predicts links on: edges go both ways."""
    def load(samples):
        path = samples / name / "adj_orig_dense_list.pickle"
        if not path.exists():
            return None
        with path.open("rb") as file:
            graphs = Adjacencies(file, encoding="latin1").load()
        return [
            [(f"n{i}", f"n{j}", 0, 6, 1, 12)
             for i, j in numpy.argwhere((graph > 0) | (graph.T > 0)) if i != j]
            for graph in map(numpy.asarray, graphs)]  # fmt: skip

    return load


LOADERS = {
    "wrccdc": competition,
    "rita": office,
    "honeypots": honeypots,
    "enron10": benchmark("enron10"),
    "dblp": benchmark("dblp"),
}
