"""Writes the Arrow files beside it: pyarrow 25.0.1, datasets (saved/, by its own writer)."""

import datetime
import decimal

import datasets
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc

ROWS = [
    {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Größe 🙂"}],
     "id": 1, "score": 0.5, "ok": True, "note": None},
    {"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Tom."}],
     "id": 2, "score": None, "ok": False, "note": "x"},
    {"messages": [], "id": 3, "score": 1.5, "ok": None, "note": ""},
]


def stream(table, name, options=None, batch=None):
    with pa.OSFile(name, "wb") as sink, ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=batch)


def file(table, name, batch=None):
    with pa.OSFile(name, "wb") as sink, ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=batch)


table = pa.Table.from_pylist(ROWS)
stream(table, "stream.arrow", batch=2)
file(table, "file.arrow", batch=2)
stream(table, "zstd.arrow", ipc.IpcWriteOptions(compression="zstd"))
datasets.Dataset(datasets.table.InMemoryTable(table), fingerprint="0" * 16).save_to_disk("saved")

words = pa.Table.from_pylist([{"text": "the same words again " * 40} for _ in range(3)])
feather.write_feather(words, "lz4.feather", compression="lz4")
feather.write_feather(words, "zstd.feather", compression="zstd")

stream(pa.table({
    "i8": pa.array([-1, None, 127], pa.int8()), "u8": pa.array([255, 0, 1], pa.uint8()),
    "i16": pa.array([-2, 2, None], pa.int16()), "u16": pa.array([65535, 0, 1], pa.uint16()),
    "i32": pa.array([1, 2, 3], pa.int32()), "u32": pa.array([4294967295, 0, 1], pa.uint32()),
    "i64": pa.array([2**60, 0, 1], pa.int64()), "u64": pa.array([2**64 - 1, 0, 1], pa.uint64()),
    "f16": pa.array([1.5, None, 2.0], pa.float16()), "f32": pa.array([0.1, 1, 2], pa.float32()),
    "f64": pa.array([0.1, float("nan"), 2], pa.float64()), "b": pa.array([True, None, False]),
    "s": pa.array(["a", None, "ü"]), "ls": pa.array(["a", None, "ü"], pa.large_string()),
    "sv": pa.array(["short", None, "a string that is longer than twelve bytes"], pa.string_view()),
    "bin": pa.array([b"\x00\xff", None, b""], pa.binary()), "fsb": pa.array([b"ab", None, b"cd"], pa.binary(2)),
    "l": pa.array([[1, 2], None, []], pa.list_(pa.int32())),
    "ll": pa.array([["a"], None, []], pa.large_list(pa.string())),
    "fl": pa.array([[1, 2], [3, 4], None], pa.list_(pa.int32(), 2)),
    "st": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}]),
    "d": pa.array(["x", "y", "x"]).dictionary_encode(), "n": pa.nulls(3),
    "m": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())),
    "date": pa.array([datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31)]),
    "ts": pa.array([datetime.datetime(2024, 2, 29, 12, 30, 1, 5), None,
                    datetime.datetime(1969, 12, 31, 23, 59, 59)], pa.timestamp("us")),
    "dec": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-12.34")], pa.decimal128(10, 2)),
}), "types.arrow")
