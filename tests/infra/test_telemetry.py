import json
import subprocess
import sys
from contextlib import suppress

from structlog.testing import capture_logs

from roder.infra.telemetry import WITHIN_MS, Measures

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


def test_what_is_counted_and_timed_is_told_in_one_line_and_begins_anew():
    measures = Measures()
    with capture_logs() as told:
        measures.count("log.page.read", "log.page.read", "log.api.search")
        with measures.timed("log_batch"):
            pass
        with suppress(OSError), measures.timed("log_batch"):
            raise OSError
        measures.tell()
        measures.tell()

    [line] = told
    assert (line["event"], line["log.page.read"], line["log.api.search"]) == ("measures", 2, 1)
    assert sum(line["log_batch_ms"].values()) == 2
    assert set(line["log_batch_ms"]) <= {*map(str, WITHIN_MS), "more"}


def test_a_line_comes_by_itself_when_its_time_has_come():
    measures = Measures(every=0)
    with capture_logs() as told:
        measures.count("log.page.read")

    assert [(line["event"], line["log.page.read"]) for line in told] == [("measures", 1)]


def test_no_line_is_lost_for_what_json_does_not_hold():
    program = PROGRAM.partition("def fail")[0].format(mode="production") + (
        'structlog.get_logger().info("längd", signs="\\ud83d", bytes=2**70, by={1: "ett"})\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    line = json.loads(done.stderr)
    assert (line["event"], line["signs"], line["bytes"]) == ("längd", "\ud83d", 2**70)
    assert line["by"] == {"1": "ett"}
