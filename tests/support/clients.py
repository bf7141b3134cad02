"""People's browsers and programs that speak with a running installation over real sockets."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One caller; a request that was cut off has no answer."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    timeout: float = 30

    def get(self, path: str) -> Answer | None:
        return self.send("GET", path)

    def post_form(self, path: str, fields: Mapping[str, Any]) -> Answer | None:
        """A form as a browser sends it, with the CSRF token that it was given."""
        body = urlencode(fields | {"csrfmiddlewaretoken": self.cookies["csrftoken"].value})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, body.encode(), form)

    def post_json(self, path: str, body: Any, *, key: str) -> Answer | None:
        """What a program sends, under an Idempotency-Key."""
        more = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self.send("POST", path, json.dumps(body).encode(), more)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        sent = {"Host": "localhost", **self.headers, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{n}={one.value}" for n, one in self.cookies.items())
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            asked.request(method, path, body or None, sent)
            response = asked.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            asked.close()
        for set_cookie in response.headers.get_all("Set-Cookie") or ():
            self.cookies.load(set_cookie)
        return answer

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/accounts/login/")
        assert page is not None
        assert page.status == 200
        answer = self.post_form("/accounts/login/", {"login": email, "password": password})
        assert answer is not None
        assert answer.status == 302, answer.body[:2_000]
