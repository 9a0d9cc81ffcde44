"""Prints what ctypes and numpy make of the generated modules: `facts.py QUESTION FOLDER`. See tests/hosts.rs."""

from __future__ import annotations

import ctypes
import functools
import importlib
import json
import struct
import sys
from types import ModuleType
from typing import Any


def tell(witness: str, key: str, value: object) -> None:
    print(witness, key, value, sep="\t")


def layout(key: str, cls: Any, of: dict[str, Any]) -> None:
    tell("ctypes", f"size {key}", ctypes.sizeof(cls))
    tell("ctypes", f"align {key}", cls.ALIGN)
    slots = [slot for slot, _ in cls._fields_ if not (of["cases"] and slot.startswith("_pad"))]
    for slot, field in zip(slots, of["fields"], strict=True):
        place = getattr(cls, slot)
        tell("ctypes", f"field {key}.{field['name']}", f"{place.offset} {place.size}")
    for name, member in of["cases"]:
        tags = getattr(sys.modules[cls.__module__], f"{of['name']}Tag")
        tell("ctypes", f"value {key}.{name}", int(getattr(tags, member)))
    tell("ctypes", f"layout_hash {key}", cls.LAYOUT_HASH)
    if of["is_message"]:
        tell("ctypes", f"schema_hash {key}", cls.SCHEMA_HASH)
        tell("ctypes", f"schema_text {key}", cls.SCHEMA_TEXT.replace("\n", "⏎"))
        tell("ctypes", f"version {key}", cls.PACKAGE_VERSION)

    dtype = cls.DTYPE
    tell("numpy", f"size {key}", dtype.itemsize)
    for field in of["fields"]:
        if field["holds_data"]:
            ty, offset, *_ = dtype.fields[field["property"]]
            tell("numpy", f"field {key}.{field['name']}", f"{offset} {ty.itemsize}")
    assert len(dtype.names) == sum(field["holds_data"] for field in of["fields"]), dtype


def written(value: Any, kind: str) -> str:
    """A value as facts have it."""
    match kind:
        case "integer":
            return str(int(value))
        case "f32" | "f64":
            return struct.pack("<f" if kind == "f32" else "<d", value)[::-1].hex()
        case "bool":
            assert isinstance(value, bool), value
            return str(value).lower()
        case "bytes":
            assert isinstance(value, bytes), value
            return value.hex()
        case _:
            assert isinstance(value, str), value
            return value


def follow(value: Any, step: str | int) -> Any:
    return getattr(value, step) if isinstance(step, str) else value[step]


def accessors(key: str, cls: Any, of: dict[str, Any]) -> None:
    data = bytearray(of["size"])
    for leaf in of["leaves"]:
        data[leaf["offset"] : leaf["offset"] + len(leaf["bytes"])] = bytes(leaf["bytes"])
    full = cls.from_buffer(data)
    for leaf in of["leaves"]:
        if leaf["kind"] == "hidden":
            continue
        value = functools.reduce(follow, leaf["path"], full)
        tell("ctypes by properties", f"read {key}.{leaf['name']}", written(value, leaf["kind"]))
    for field in of["fields"]:
        if field["is_property"]:
            data = bytearray(of["size"])
            setattr(cls.from_buffer(data), field["property"], getattr(full, field["property"]))
            tell("ctypes by setters", f"write {key}.{field['name']}", data.hex())


def names(package: str, module: ModuleType, question: dict[str, Any]) -> None:
    for of in question["enums"]:
        for name, member in of["values"]:
            tell("ctypes", f"value {package}.{of['name']}.{name}", int(getattr(getattr(module, of["name"]), member)))
    for name, is_float in question["constants"]:
        value = getattr(module, name)
        if is_float:
            value = written(value, "f64")
        elif isinstance(value, bool):
            value = written(value, "bool")
        tell("ctypes", f"constant {package}.{name}", value)
    for name in question["rings"]:
        ring = getattr(module, name)
        tell("ctypes", f"ring {package}.{name}", f"{ring.NAME} {ring.CAPACITY} {ring.KIND} {ring.WAIT}")


def main() -> None:
    with open(sys.argv[1]) as file:
        packages = json.load(file)
    sys.path.insert(0, sys.argv[2])
    for package in packages:
        module = importlib.import_module(package["name"])
        for of in package["types"]:
            key, cls = f"{package['name']}.{of['name']}", getattr(module, of["name"])
            layout(key, cls, of)
            accessors(key, cls, of)
        names(package["name"], module, package)


main()
