"""tf.contrib.learn.monitors: what they are told, what they log, what they keep, and when they end a training."""
import tensorflow as tf

import logging
import os
import re
import shutil

import numpy as np


class Lines(logging.Handler):
    """The lines of monitors that are logged inside a block."""

    def __init__(self):
        super(Lines, self).__init__()
        self.lines = []

    def emit(self, record):
        line = record.getMessage()
        if re.match("Step |Logging Trainable|Validation|Stopping|op=|Create C|Saving checkpoints for|Model diverged", line):
            self.lines.append(line)

    def __enter__(self):
        self.logger = logging.getLogger("tensorflow")
        self.before = self.logger.level
        self.logger.setLevel(logging.INFO)
        self.logger.addHandler(self)
        return self.lines

    def __exit__(self, *unused):
        self.logger.removeHandler(self)
        self.logger.setLevel(self.before)


def refusal(function):
    """The class and text of the error that a call raises."""
    try:
        function()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)
    return "none"


def model(features, labels):
    weight = tf.get_variable("weight", [], initializer=tf.constant_initializer(0.5))
    loss = tf.reduce_sum(tf.square(features * weight - labels), name="loss")
    return loss, tf.assign_add(tf.train.get_global_step(), 1).op


def train(monitors, steps=5, config=None):
    """A few steps of a model, of which only the number of steps changes, so that monitors see the same in any order."""
    monitors = tf.contrib.learn.monitors.replace_monitors_with_hooks(monitors, Owner())
    with tf.Graph().as_default():
        tf.train.create_global_step()
        _, op = model(tf.constant([1.0, 2.0]), tf.constant([2.0, 3.0]))
        with tf.train.MonitoredSession(hooks=monitors) as session:
            for _ in range(steps):
                if session.should_stop():
                    break
                session.run(op)
            return session.should_stop()


class Owner(object):
    """What monitors know of an estimator."""
    model_dir = "owner"

    class config(object):
        is_chief = True


class Telling(tf.contrib.learn.monitors.EveryN):
    """Notes each call."""

    def __init__(self, *arguments, **options):
        super(Telling, self).__init__(*arguments, **options)
        self.calls = []

    def every_n_step_begin(self, step):
        self.calls.append("begin %d" % step)
        return ["weight:0", "loss"]

    def every_n_step_end(self, step, outputs):
        self.calls.append("end %d %s" % (step, sorted(outputs)))
        return step >= 7

    def every_n_post_step(self, step, session):
        self.calls.append("post %d" % step)


def calls():
    facts = {}
    for name, options in (("default", {}), ("every", {"every_n_steps": 2}), ("first", {"every_n_steps": 4, "first_n_steps": 2}),
                          ("none", {"every_n_steps": 3, "first_n_steps": -1})):
        monitor = Telling(**options)
        facts[name + " stops"] = train([monitor], steps=9)
        facts[name] = monitor.calls
    return {"steps": [], "facts": facts}


def lines():
    monitors = tf.contrib.learn.monitors
    captured = monitors.CaptureVariable("weight:0", every_n=2)
    with Lines() as said:
        train([monitors.PrintTensor(["loss:0"], every_n=2), monitors.LoggingTrainable(every_n=3), captured])
        train([monitors.PrintTensor({"the loss": "loss"}, every_n=3, first_n=2), monitors.StopAtStep(num_steps=4)])
    return {"steps": [], "facts": {"lines": said, "values": sorted(captured.values.items())}}


def stops():
    monitors = tf.contrib.learn.monitors
    facts = {"after three": train([monitors.StopAtStep(num_steps=3)]), "at four": train([monitors.StopAtStep(last_step=4)]),
             "later": train([monitors.StopAtStep(last_step=9)]),
             "all workers": [monitors.StopAtStep(1).run_on_all_workers, monitors.EveryN().run_on_all_workers]}
    return {"steps": [], "facts": facts}


def dumps():
    first, second = tf.contrib.learn.monitors.GraphDump(), tf.contrib.learn.monitors.GraphDump(["Const", "NoOp"])
    with Lines() as said:
        train([first], steps=2)
        train([second], steps=2)
    return {"steps": [], "facts": {"lines": said, "steps": sorted(first.data), "equal": first.compare(second, 1)}}


def validation():
    """The book's way to end a training early."""
    x = np.random.RandomState(0).rand(20, 3).astype(np.float32)
    y = (x.sum(axis=1) > 1.5).astype(np.int32)
    facts = {}
    columns = tf.contrib.learn.infer_real_valued_columns_from_input(x)
    config = tf.contrib.learn.RunConfig(tf_random_seed=1, model_dir="model", save_checkpoints_steps=2, save_checkpoints_secs=None)
    made = tf.contrib.learn.LinearClassifier(columns, n_classes=2, config=config)
    for minimize in (False, True):
        monitor = tf.contrib.learn.monitors.ValidationMonitor(
            x, y, every_n_steps=2, early_stopping_rounds=4, early_stopping_metric="loss",
            early_stopping_metric_minimize=minimize, check_interval_secs=None, eval_steps=1)
        made.fit(x, y, batch_size=20, steps=12, monitors=[monitor])
        facts["stopped %s" % minimize] = [monitor.early_stopped, monitor.best_step, sorted(monitor.best_metrics)]
        facts["best %s" % minimize] = float(monitor.best_value)
        facts["step %s" % minimize] = made.get_variable_value("global_step")
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


def files():
    monitors = tf.contrib.learn.monitors
    with Lines() as said, tf.Graph().as_default():
        tf.train.create_global_step()
        loss, op = model(tf.constant([1.0, 2.0]), tf.constant([2.0, 3.0]))
        saver, summary = tf.train.Saver(), tf.summary.scalar("the_loss", loss)
        watching = [monitors.CheckpointSaver("files", save_steps=2, saver=saver),
                    monitors.SummarySaver(summary, save_steps=2, output_dir="summaries"), monitors.StepCounter(2, "files")]
        with tf.train.MonitoredSession(hooks=[monitors.RunHookAdapterForMonitors(watching)]) as session:
            for _ in range(5):
                session.run(op)
    tf.summary.FileWriterCache.clear()
    facts = {"lines": said, "files": sorted(name for name in os.listdir("files") if "tfevents" not in name)}
    events = []
    for folder in ("files", "summaries"):
        for name in sorted(os.listdir(folder)):
            if "tfevents" in name:
                for event in tf.train.summary_iterator(os.path.join(folder, name)):
                    events += ["%d %s" % (event.step, value.tag) for value in event.summary.value]
                    events += ["%d %d" % (event.step, event.session_log.status)] if event.HasField("session_log") else []
        shutil.rmtree(folder)
    facts["events"] = sorted(events)
    return {"steps": [], "facts": facts}


def mistakes():
    monitors = tf.contrib.learn.monitors
    base = monitors.BaseMonitor()
    facts = {
        "no estimator": refusal(lambda: base.set_estimator(None)), "end": refusal(base.end),
        "twice": refusal(lambda: [base.begin(), base.begin()]), "epoch": refusal(lambda: base.epoch_begin(-1)),
        "epochs": refusal(lambda: [base.epoch_begin(1), base.epoch_begin(2)]), "step": refusal(lambda: base.step_begin(-1)),
        "other step": refusal(lambda: [base.step_begin(1), base.step_end(2, {})]).split(":")[0],
        "stop": refusal(monitors.StopAtStep), "both": refusal(lambda: monitors.StopAtStep(1, 2)),
        "validation": refusal(monitors.ValidationMonitor), "saver": refusal(lambda: monitors.CheckpointSaver("files")),
        "savers": refusal(lambda: monitors.CheckpointSaver("files", 1, 2)),
        "unknown": refusal(lambda: train([monitors.PrintTensor(["nothing:0"])])).split(":")[0],
        "no list": refusal(lambda: train([NoList()])),
        "nan": refusal(lambda: train([monitors.NanLoss("nan")])).split(":")[0],
    }
    nan = monitors.NanLoss("Const:0")
    nan.begin()
    nan.step_begin(1)
    facts["loss"] = refusal(lambda: nan.step_end(1, {"Const:0": np.float32("nan")}))
    warned = monitors.NanLoss("Const:0", fail_on_nan_loss=False)
    warned.begin()
    warned.step_begin(1)
    with Lines() as said:
        facts["warned"] = warned.step_end(1, {"Const:0": np.float32("nan")})
    facts["said"] = said
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("files")
    return {"steps": [], "facts": facts}


class NoList(tf.contrib.learn.monitors.BaseMonitor):
    def step_begin(self, step):
        super(NoList, self).step_begin(step)
        return "loss"


VARIANTS = {f.__name__: f for f in (calls, lines, stops, dumps, validation, files, mistakes)}
