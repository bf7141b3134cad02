"""The forms of a page, as a browser would find and send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

FREE = {"text", "search", "email", "password", "url", "number", "date", "textarea", "tel"}


@dataclass
class Form:
    """A form.

    Attributes:
        action: Where it is sent.
        kinds: By field, what kind of control it is.
        values: By field, what a browser would send if nobody touched it.
        posts: Whether it does, or asks by address.
    """

    action: str
    kinds: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    posts: bool = True

    def free(self) -> list[str]:
        """Fields into which anything can be written."""
        return [name for name, kind in self.kinds.items() if kind in FREE]


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self.open = page, list[Form](), Form("")
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(urljoin(self.page, given.get("action", "") or self.page))
            self.open.posts = given.get("method", "").lower() == "post"
            if self.open.posts:
                self.found.append(self.open)
        elif tag == "input":
            self._input(given)
        elif tag == "button" and given.get("formaction") and self.open.posts:
            # Another place that the same fields are sent to.
            other = urljoin(self.page, given["formaction"])
            self.found.append(Form(other, self.open.kinds, self.open.values))
        elif tag in ("select", "textarea"):
            self.select, self.area = (given.get("name", ""), "") if tag == "select" else ("", "")
            if name := given.get("name"):
                self.open.kinds[name] = tag
                self.open.values.setdefault(name, [])
                self.area = name if tag == "textarea" else ""
        elif tag == "option" and self.select and "selected" in given:
            self.open.values[self.select].append(given.get("value", ""))

    def _input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or kind in ("file", "submit"):
            return
        self.open.kinds[name] = kind
        sent = kind not in ("checkbox", "radio") or "checked" in given
        self.open.values.setdefault(name, []).extend([given.get("value", "on")] if sent else [])

    def handle_data(self, data: str) -> None:
        if self.area:
            self.open.values[self.area].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = Form("")
        elif tag in ("select", "textarea"):
            self.select = self.area = ""


def of_page(html: str, path: str) -> list[Form]:
    """All forms that post, in the page's order."""
    reader = _Reader(path)
    reader.feed(html)
    return reader.found
