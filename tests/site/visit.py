"""One page that is open in the browser, and the record of what it asked for and complained of."""

from __future__ import annotations

from typing import Any

# What moves although nobody has touched the page: the browser's own measure, 0.1 counts as good.
ADD_UP_JUMPS = """window.jumps = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.jumps += each.value;
}).observe({ type: "layout-shift", buffered: true });"""


class Visit:
    """A page from its opening on: ``requests`` and ``complaints`` go on being recorded."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._sent: list[Any] = []
        page.on("request", self._note)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.add_init_script(ADD_UP_JUMPS)
        self.open(url)

    def open(self, url: str) -> Visit:
        """Open a page in place of the one before, and forget what that one did: a new window costs three times as much."""
        if self._sent:
            self.page.goto("about:blank")  # what is on its way for the old page ends here
        for record in (self._sent, self.requests, self.complaints):
            record.clear()
        self.page.goto(url, wait_until="load")
        return self

    def settle(self) -> Visit:
        """Wait until the page has nothing left to do that it began by itself, or for half a second."""
        self.page.evaluate("new Promise((done) => requestIdleCallback(done, { timeout: 500 }))")
        return self

    def weigh(self) -> int:
        """Return the bytes over the wire, compressed, of all that was asked for; wait for what is on its way."""
        answered = [request for request in self._sent if request.response() is not None]
        return sum(request.sizes()["responseBodySize"] for request in answered)

    def _note(self, request: Any) -> None:
        self._sent.append(request)
        self.requests.append(request.url)

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def remote_requests(self, start: str) -> list[str]:
        """List the requests that left the site."""
        return [url for url in self.requests if not url.startswith((start, "data:", "blob:"))]
