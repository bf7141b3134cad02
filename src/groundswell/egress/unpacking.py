"""Bodies of replies, unpacked as they come and never beyond what is taken."""

import zlib
from collections.abc import Iterable

from groundswell.egress.failures import BrokenOff, EncodingUnknown, TooLarge

_PIECE = 1 << 16
_GZIP = zlib.MAX_WBITS | 16


def unpacked(chunks: Iterable[bytes], *, encoding: str, largest: int, whose: str) -> bytes:
    """The body.

    Args:
        chunks: As they come from the server.
        encoding: What the server says of its packing; gzip or nothing.
        largest: Bytes that are taken at most, both packed and unpacked.
        whose: The server, for messages.

    Raises:
        TooLarge: As soon as there are more.
        EncodingUnknown: When it is packed otherwise.
        BrokenOff: When the packing is damaged or has no end.
    """
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise EncodingUnknown(
            f"the reply of {whose} can't be unpacked ({encoding[:40]!r}); only gzip was offered"
        )
    body = bytearray()
    coming = 0
    gzip = zlib.decompressobj(_GZIP) if encoding.endswith("gzip") else None
    for chunk in chunks:
        coming += len(chunk)
        for piece in (chunk,) if gzip is None else _pieces(gzip, chunk, whose):
            body += piece
            if max(coming, len(body)) > largest:
                raise TooLarge(
                    f"the reply of {whose} has more than {largest:,} bytes and was not taken; ask "
                    "for less at once"
                )
    if gzip is not None and coming and not gzip.eof:
        raise BrokenOff(f"the reply of {whose} ends in the middle; it will be asked again")
    return bytes(body)


def _pieces(gzip: "zlib._Decompress", chunk: bytes, whose: str) -> Iterable[bytes]:
    while chunk and not gzip.eof:
        try:
            yield gzip.decompress(chunk, _PIECE)
        except zlib.error:
            raise BrokenOff(f"the reply of {whose} is damaged; it will be asked again") from None
        chunk = gzip.unconsumed_tail
