"""Checks the training data against sources.json: verify.py DATA_DIR."""

import hashlib
import json
import sys
from pathlib import Path


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: verify.py DATA_DIR")
    directory = Path(sys.argv[1])
    bad = 0
    for source in json.loads((Path(__file__).parent / "sources.json").read_text())["sources"]:
        for file in source["files"]:
            path = directory / file["path"]
            found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"
            if found != file["sha256"]:
                bad += 1
                print(f"{path}: {found}, expected {file['sha256']}", file=sys.stderr)
    if bad:
        sys.exit(f"{bad} files differ; fetch them as sources.json tells")


if __name__ == "__main__":
    main()
