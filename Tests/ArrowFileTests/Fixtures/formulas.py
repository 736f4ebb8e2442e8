"""The rows of EveryType.swift by the same formulas, as pyarrow arrays."""

import numpy as np
import pyarrow as pa


def bits(rows):
    return (np.arange(rows, dtype=np.uint64) * np.uint64(2_654_435_761)).astype(np.uint32)


def ipv4(number):
    return b"\0" * 10 + b"\xff\xff" + int(number).to_bytes(4, "big")


def address(bits):
    if bits & 1 == 0:
        return ipv4(0x0A000000 | bits >> 8)
    return bytes.fromhex("20010db800000000") + bits.to_bytes(8, "big")


def text(row, bits):
    match bits % 5:
        case 0:
            return ""
        case 1:
            return f"zeile – {row} 行"
        case _:
            return f"row {row}"


def columns(rows, has_nulls):
    b = bits(rows)
    wide = b.astype(np.int64)
    numbers = b.tolist()
    index = np.arange(rows, dtype=np.int64)
    values = [
        ("uint8", pa.uint8(), b.astype(np.uint8)),
        ("uint16", pa.uint16(), b.astype(np.uint16)),
        ("uint32", pa.uint32(), b),
        ("uint64", pa.uint64(), b.astype(np.uint64) << np.uint64(32) | index.astype(np.uint64)),
        ("int32", pa.int32(), b.view(np.int32)),
        ("int64", pa.int64(), (wide << 20) - (1 << 51)),
        ("float32", pa.float32(), ((b & 0xFFFF) / 8 - 1000).astype(np.float32)),
        ("float64", pa.float64(), b / 1024),
        ("flag", pa.bool_(), b & 4 != 0),
        ("time", pa.timestamp("us", "UTC"), 1_700_000_000_000_000 + index * 1_000_003),
        ("address", pa.binary(16), [address(n) for n in numbers]),
        ("text", pa.utf8(), [text(row, n) for row, n in enumerate(numbers)]),
        ("symbol", pa.utf8(), [f"symbol {n % 10}" for n in numbers]),
        ("host", pa.binary(16), [ipv4(0xC0A80000 | n % 300) for n in numbers]),
    ]
    arrays = {}
    for number, (name, type, array) in enumerate(values):
        mask = (index + number) % 7 == 3 if has_nulls else np.zeros(rows, bool)
        arrays[name] = pa.array(array, type, mask=mask)
    return arrays
