"""Why another server could not be asked, or what it sent could not be taken."""

from urllib.parse import urlsplit

from groundswell.terms.exchange import ExchangeFailed

_SHOWN = 100


class AddressRefused(ExchangeFailed):
    """An address that may not be asked: not public, not http or https, or not written plainly."""

    code = "address_refused"


class RequestUnwritable(ExchangeFailed):
    """A request with signs in it that HTTP can't carry."""

    code = "request_unwritable"


class RedirectRefused(ExchangeFailed):
    """A server that sends elsewhere too often, or what must not be sent on."""

    code = "redirect_refused"


class Unreachable(ExchangeFailed):
    """No connection: the name is not known, nobody listens, or TLS can't be agreed on."""

    code = "server_unreachable"
    is_retriable = True


class TooSlow(ExchangeFailed):
    """The time that there was for an answer is over."""

    code = "server_too_slow"
    is_retriable = True


class BrokenOff(ExchangeFailed):
    """A connection that ended in the middle, or an answer that is no HTTP."""

    code = "reply_broken_off"
    is_retriable = True


class TooLarge(ExchangeFailed):
    """More was sent than is taken, packed or unpacked."""

    code = "reply_too_large"


class EncodingUnknown(ExchangeFailed):
    """A reply that is packed in another way than was offered."""

    code = "reply_encoding_unknown"


def shown(url: str) -> str:
    """Whose address it is, for messages: a path or query may hold what is nobody's business."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return repr(host[:_SHOWN]) if host else "an address without a host"
