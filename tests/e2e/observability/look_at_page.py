#!/usr/bin/env python3
"""Opens a page in headless Chromium, as wide as a desk's screen and as a phone's, and says what is seen.

usage: look_at_page.py PAGE.html FOLDER WIDTH...

Prints one JSON object: "errors", what the browser's console complains of; "requests", addresses other
than the page's own that it asked for; and for each width what a reader would stumble over: "overflow",
pixels that have to be scrolled to sideways; "outside", elements that reach past the edge; "tiny", texts
of less than 11 pixels; "hidden", sections that have no height. FOLDER gets a picture for each width.
"""

import base64
import json
import pathlib
import subprocess
import sys
import urllib.request

HEIGHT = 900
SECONDS = 60
LOOK = """
const wide = document.documentElement.clientWidth;
const seen = {overflow: document.documentElement.scrollWidth - wide, outside: [], tiny: [], hidden: []};
for (const element of document.body.querySelectorAll('*')) {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  if (style.display === 'none' || box.width === 0) continue;
  const name = element.tagName + ': ' + element.textContent.trim().slice(0, 40);
  if (box.right > wide + 1 || box.left < -1) seen.outside.push(name);
  const has_text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (has_text && parseFloat(style.fontSize) < 11) seen.tiny.push(name);
}
for (const section of document.querySelectorAll('section'))
  if (section.getBoundingClientRect().height < 20) seen.hidden.push(section.textContent.slice(0, 40));
return seen;
"""


class Browser:
    """One session with chromedriver, on a port that it chooses."""

    def __init__(self):
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                self._address = f"http://127.0.0.1:{line.rsplit(' ', 1)[1].strip().rstrip('.')}"
                break
        else:
            raise RuntimeError("chromedriver does not start")
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]}
        wanted = {"goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self._session = ""
        created = self._post("/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = "/session/" + created["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            if self._session:
                request = urllib.request.Request(self._address + self._session, method="DELETE")
                urllib.request.urlopen(request, timeout=SECONDS).close()
        finally:
            self._driver.terminate()
            self._driver.wait(SECONDS)

    def _post(self, path, body):
        request = urllib.request.Request(self._address + self._session + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return json.load(reply)["value"]

    def command(self, name, **parameters):
        return self._post("/goog/cdp/execute", {"cmd": name, "params": parameters})

    def open(self, address):
        self._post("/url", {"url": address})

    def run(self, script):
        return self._post("/execute/sync", {"script": script, "args": []})

    def log(self, kind):
        return self._post("/se/log", {"type": kind})

    def picture(self, path):
        taken = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(taken["data"]))


def requests_of(browser):
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]["url"]


def main(page, folder, *widths):
    address = pathlib.Path(page).resolve().as_uri()
    told = {"errors": [], "widths": {}}
    with Browser() as browser:
        for width in widths:
            browser.command("Emulation.setDeviceMetricsOverride", width=int(width), height=HEIGHT,
                            deviceScaleFactor=1, mobile=False)
            browser.open(address)
            told["widths"][width] = browser.run(LOOK)
            browser.picture(pathlib.Path(folder) / f"{width}.png")
        told["errors"] = [f"{entry['level']}: {entry['message']}" for entry in browser.log("browser")]
        told["requests"] = sorted({url for url in requests_of(browser) if url != address})
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
