"""How alike two texts are, estimated by MinHash over shingles of five characters. Pure.

A signature is cut into bands; texts that share a band are compared. With 21 bands of 6 values a pair of similarity
0.8 shares one with probability 0.998, a pair of 0.3 with 0.015. Source: A. Broder, On the resemblance and containment
of documents, 1997; the banding: J. Leskovec, A. Rajaraman, J. Ullman, Mining of Massive Datasets, ch. 3.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

SHINGLE = 5
BANDS = 21
ROWS = 6
PERMUTATIONS = BANDS * ROWS
THRESHOLD = 0.8
SEED = 1
# Stored signatures stand for these permutations: another scheme or seed would want all of them computed anew.
SCHEME = "affine32"


def shingles(text: str) -> set[str]:
    """All runs of five characters of the text; case and spacing do not count."""
    plain = " ".join(text.casefold().split())
    return {plain[start : start + SHINGLE] for start in range(max(1, len(plain) - SHINGLE + 1))}


def signature(text: str) -> bytes:
    """The text's MinHash signature: 126 numbers of 32 bits."""
    minhash = _blank().copy()
    minhash.update_batch([part.encode("utf-8", "replace") for part in shingles(text)])
    return minhash.hashvalues.astype("<u4").tobytes()


@cache
def _blank() -> Any:
    # Here and not above: only a process that compares texts needs it and its numerical libraries.
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME, hashfunc=zlib.crc32)


def bands(scope: str, mark: bytes) -> list[int]:
    """The hashes under which a signature is found again, within the scope only: 64 bits each, signed."""
    width = ROWS * 4
    key = hashlib.blake2b(scope.encode()).digest()
    parts = (bytes([band]) + mark[band * width : (band + 1) * width] for band in range(BANDS))
    digests = (hashlib.blake2b(part, digest_size=8, key=key).digest() for part in parts)
    return [int.from_bytes(digest, "big", signed=True) for digest in digests]


def likeness(one: bytes, other: bytes) -> float:
    """The estimated Jaccard similarity of the two texts behind the signatures, 0 to 1."""
    return float((_numbers(one) == _numbers(other)).mean())


def _numbers(mark: bytes) -> np.ndarray:
    import numpy as np

    return np.frombuffer(mark, dtype="<u4")
