"""The real TensorBoard reads what we write: its HTTP interface is asked, and where Chromium is installed a picture of
its pages is taken. Skipped where there is no TensorBoard."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

import reference

PROGRAM = """
x = tf.placeholder(tf.float32, (None,), name="x")
with tf.name_scope("model"):
    y = tf.multiply(x, 2.0, name="y")
tf.summary.scalar("average", tf.reduce_mean(y))
tf.summary.histogram("spread", y)
tf.summary.image("picture", tf.constant(np.arange(48).reshape(1, 4, 4, 3) * 5, tf.uint8))
tf.summary.text("words", tf.constant("a text"))
merged = tf.summary.merge_all()
for run in ("run-1", "run-2"):
    with tf.Session() as session, tf.summary.FileWriter("logs/" + run, session.graph) as writer:
        for step in range(10):
            metadata = tf.RunMetadata()
            summary = session.run(merged, {x: [step, step + 1.0]},
                                  options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
            writer.add_summary(summary, step)
        writer.add_run_metadata(metadata, "last", step)
"""


def tensorboard():
    """An interpreter that has TensorBoard: this one, else the reference's."""
    if importlib.util.find_spec("tensorboard"):
        return sys.executable
    return reference.interpreter() or pytest.skip("TensorBoard is not installed")


def chromium():
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Server:
    def __init__(self, python, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = "http://127.0.0.1:%d/" % free.getsockname()[1]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        self.process = subprocess.Popen(
            [python, "-m", "tensorboard.main", "--logdir", "logs", "--host", "127.0.0.1", "--port",
             self.address.rsplit(":")[-1].strip("/")], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def ask(self, path, **query):
        address = self.address + path + ("?" + urllib.parse.urlencode(query) if query else "")
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.read()

    def wait_for_runs(self):
        for _ in range(240):
            try:
                if len(json.loads(self.ask("data/runs"))) == 2:
                    return
            except (urllib.error.URLError, ConnectionError, socket.timeout):
                assert self.process.poll() is None, "TensorBoard ended"
            time.sleep(0.25)
        raise AssertionError("TensorBoard shows no runs")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    python = tensorboard()
    folder = tmp_path_factory.mktemp("tensorboard")
    _, error = reference.run("headrace", {"events": PROGRAM}, folder)["events"]
    assert error is None, error
    server = Server(python, folder / "events")
    try:
        server.wait_for_runs()
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def test_scalars(server):
    points = json.loads(server.ask("data/plugin/scalars/scalars", run="run-1", tag="average"))
    assert [(step, value) for _, step, value in points] == [(i, 2.0 * i + 1.0) for i in range(10)]


def test_histograms(server):
    points = json.loads(server.ask("data/plugin/histograms/histograms", run="run-2", tag="spread"))
    assert [step for _, step, _ in points] == list(range(10))
    for _, step, buckets in points:
        assert sum(count for _, _, count in buckets) == pytest.approx(2)
        assert buckets[0][0] <= 2 * step + 1 and buckets[-1][1] >= 2 * step + 2


def test_images(server):
    samples = json.loads(server.ask("data/plugin/images/images", run="run-1", tag="picture/image/0", sample=0))
    assert {(sample["width"], sample["height"]) for sample in samples} == {(4, 4)}
    assert server.ask("data/plugin/images/individualImage?" + samples[-1]["query"])[:8] == b"\x89PNG\r\n\x1a\n"


def test_texts(server):
    texts = json.loads(server.ask("data/plugin/text/text", run="run-1", tag="words"))
    assert "a text" in texts[0]["text"]


def test_graph(server):
    graph = server.ask("data/plugin/graphs/graph", run="run-1").decode()
    for part in ('name: "model/y"', 'op: "ScalarSummary"', 'name: "Merge/MergeSummary"', 'key: "_output_shapes"'):
        assert part in graph


def test_run_metadata(server):
    metadata = server.ask("data/plugin/graphs/run_metadata", run="run-1", tag="last").decode()
    assert 'node_name: "model/y"' in metadata and "all_end_rel_micros" in metadata


@pytest.mark.parametrize("page", ["scalars", "graphs", "histograms", "images"])
def test_picture(server, page, tmp_path):
    browser = chromium() or pytest.skip("Chromium is not installed")
    picture = tmp_path / (page + ".png")
    subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                    "--window-size=1200,900", "--virtual-time-budget=20000", "--screenshot=" + str(picture),
                    server.address + "#" + page], cwd=tmp_path, timeout=120, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    content = picture.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 15000  # more than an empty page
    kept = os.environ.get("TENSORBOARD_PICTURES")
    if kept:
        shutil.copy(picture, kept)
