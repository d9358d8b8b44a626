#!/usr/bin/env python3
"""Checks that every dependency stands under a licence that deny.toml allows, from cargo's own metadata."""
import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[1]


def allowed(expression, licences):
    """Whether an SPDX expression can be met with `licences`; AND binds tighter than OR."""
    words = re.findall(r"\(|\)|\bAND\b|\bOR\b|/|(?:(?!\b(?:AND|OR)\b)[\w.+-]+)(?: WITH [\w.+-]+)?", expression)

    def alternatives(at):
        met, at = terms(at)
        while at < len(words) and words[at] in ("OR", "/"):
            other, at = terms(at + 1)
            met = met or other
        return met, at

    def terms(at):
        met, at = term(at)
        while at < len(words) and words[at] == "AND":
            other, at = term(at + 1)
            met = met and other
        return met, at

    def term(at):
        if words[at] == "(":
            met, at = alternatives(at + 1)
            return met, at + 1
        return words[at] in licences, at + 1

    return alternatives(0)[0]


licences = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
assert allowed("(MIT OR Nope) AND Zlib", {"MIT", "Zlib"}) and not allowed("MIT AND Nope", {"MIT"}) and allowed("Nope / MIT", {"MIT"})
host = re.search(r"host: (\S+)", subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout)[1]
told = subprocess.run(["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host], capture_output=True, text=True, check=True, cwd=ROOT)
packages = json.loads(told.stdout)["packages"]
refused = [f"{p['name']} {p['version']}: {p['license']}" for p in packages if not p["license"] or not allowed(p["license"], licences)]
print("\n".join(refused) or f"{len(packages)} packages, all under licences that deny.toml allows")
sys.exit(1 if refused else 0)
