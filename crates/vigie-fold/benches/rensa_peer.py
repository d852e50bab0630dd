"""Prints documents per second of processor time of PyPI rensa's RMinHash-128, shingles built beforehand: rensa_peer.py FILE [SECONDS].

One document a line. Compare with `cargo run --release -p vigie-fold --example fold_speed -- FILE [SECONDS]`.
"""

import sys
import time

from rensa import RMinHash

lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3.0
shingles = []
for line in lines:
    words = line.lower().split()
    shingles.append([" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))])

done, start = 0, time.process_time()
while time.process_time() - start < seconds:
    for items in shingles:
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(items)
        minhash.digest()
    done += len(shingles)
print(f"rensa RMinHash-128 {done / (time.process_time() - start):.0f} docs/s, {done} docs")
