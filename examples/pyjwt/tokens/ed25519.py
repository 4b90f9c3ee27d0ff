"""Which encodings of Ed25519 points are good: canonical, on the curve, not of low order (4.4, 8.5).

OpenSSL takes points of low order, with which one signature holds for many messages.
"""

from __future__ import annotations

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
LOW = frozenset({0, 1, P - 1, Y_OF_ORDER_8, P - Y_OF_ORDER_8})


def is_good_point(encoding: bytes) -> bool:
    y = int.from_bytes(encoding, "little") & (2**255 - 1)
    if len(encoding) != 32 or y >= P or y in LOW:
        return False
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return pow(square, (P - 1) // 2, P) == 1
