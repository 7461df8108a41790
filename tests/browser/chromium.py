"""Debian's Chromium, without a window, by WebDriver."""
import pathlib
import tempfile

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from zonda import WAIT_S

SCREENS = pathlib.Path(__file__).resolve().parents[1] / "output" / "screens"


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory()
        options = webdriver.ChromeOptions()
        for argument in (
            "--headless=new",
            "--no-sandbox",  # the tests may run as root, in a container
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--window-size=1280,860",
            f"--user-data-dir={self.profile.name}",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.binary_location = "/usr/bin/chromium"
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(WAIT_S)
        self.driver.set_script_timeout(WAIT_S)
        SCREENS.mkdir(parents=True, exist_ok=True)

    def begin(self):
        self.driver.switch_to.new_window("tab")
        self.first = self.driver.current_window_handle
        for handle in self.driver.window_handles:
            if handle != self.first:
                self.driver.switch_to.window(handle)
                self.driver.close()
        self.driver.switch_to.window(self.first)
        self.focus()
        # Static files of other tests, which their old modification time makes fresh for hours.
        self.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        self.color_scheme("light")

    def focus(self):
        """The tab takes keys, as one that a person looks at."""
        self.driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})

    def end(self):
        self.driver.get("about:blank")

    def close(self):
        self.driver.quit()
        self.profile.cleanup()

    # --- tabs ---

    def tab(self):
        self.driver.switch_to.new_window("tab")
        self.focus()
        return self.driver.current_window_handle

    def to(self, handle):
        self.driver.switch_to.window(handle)

    # --- pages ---

    def open(self, url):
        self.driver.get(url)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def until(self, what, seconds=WAIT_S, story=""):
        """Waits until what() is true, across navigations; its last answer."""

        def asked(_):
            try:
                return what()
            except WebDriverException:
                return False

        return WebDriverWait(self.driver, seconds, poll_frequency=0.02).until(asked, story)

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def color(self, selector, name="color"):
        return self.run(
            "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]", selector, name
        )

    def mark(self):
        """Makes this document known: marked says whether it is still the same one."""
        self.run("window.markedByTest = true")

    def marked(self):
        return self.run("return window.markedByTest === true")

    # --- the overlay stands in a closed shadow root: it is seen as a person with a screen reader is ---

    def accessible(self):
        """The tree that assistive technology gets: role and name of every node."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return [
            (node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored")
        ]

    def overlay(self):
        """All text of the alert dialog, or "" where there is none."""
        nodes = self.accessible()
        if not any(role == "alertdialog" for role, _ in nodes):
            return ""
        return "\n".join(name for role, name in nodes if role in ("StaticText", "heading", "link", "button"))

    def press(self, key):
        webdriver.ActionChains(self.driver).send_keys(key).perform()

    # --- looks ---

    def color_scheme(self, name):
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]}
        )

    def screen(self, name):
        self.driver.save_screenshot(str(SCREENS / f"{name}.png"))

    def errors(self):
        """What the pages' scripts complained about since the last call."""
        return [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
