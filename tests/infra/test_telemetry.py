import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from roder.infra.settings import Settings
from roder.infra.telemetry import set_up_logs
set_up_logs(Settings(mode={mode!r}))
def fail(password="hemligt"):
    raise ValueError("fel")
try:
    fail()
except ValueError:
    structlog.get_logger().exception("det gick inte", tenant="Östhammar")
logging.getLogger("andra").warning("från %s", "biblioteket")
structlog.get_logger().debug("tyst")
"""


def lines(mode):
    program = [sys.executable, "-c", PROGRAM.format(mode=mode)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def test_in_production_each_event_is_a_line_of_json_without_the_values_of_variables():
    own, other = map(json.loads, lines("production").splitlines())

    assert (own["event"], own["level"], own["tenant"]) == ("det gick inte", "error", "Östhammar")
    assert own["exception"][0]["exc_type"] == "ValueError"
    assert "hemligt" not in json.dumps(own)
    assert (other["event"], other["level"]) == ("från biblioteket", "warning")


def test_elsewhere_an_event_is_a_line_for_the_eye():
    text = lines("demo")

    assert "det gick inte" in text
    assert "ValueError: fel" in text
    assert "\x1b" not in text
    assert "tyst" not in text
