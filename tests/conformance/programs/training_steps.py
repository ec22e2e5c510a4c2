import tensorflow as tf

import logging
import os
import re
import shutil


class Lines(logging.Handler):
    """The lines that are logged inside a block, without times."""

    def __init__(self):
        super(Lines, self).__init__()
        self.lines = []

    def emit(self, record):
        line = re.sub(r"\(\d+\.\d+ sec\)", "(TIME)", record.getMessage())
        line = re.sub(r"/sec: .*", "/sec: SPEED", line)
        if not re.search("deprecated|not been increased|never used", line):
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


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def model():
    """Counts steps and shrinks a variable, once its loss is known and hooks have read the step."""
    step = tf.train.get_or_create_global_step()
    v = tf.Variable([1.0, 2.0], name="v")
    loss = tf.reduce_sum(v * v, name="loss")
    tf.summary.scalar("loss_summary", loss)
    summary = tf.get_collection(tf.GraphKeys.SUMMARIES)
    tf.train.StopAtStepHook(1).begin()
    with tf.control_dependencies([loss] + summary + tf.get_collection("global_step_read_op_cache")):
        train = tf.group(tf.assign_sub(v, 0.1 * v), tf.assign_add(step, 1), name="train")
    return step, v, loss, train


def events_of(folder):
    """What the event files of a folder hold: steps, kinds, tags, values but speeds."""
    tf.summary.FileWriterCache.get(folder).flush()
    events = []
    for name in sorted(os.listdir(folder)):
        if "tfevents" in name:
            for event in tf.train.summary_iterator(os.path.join(folder, name)):
                kind = event.WhichOneof("what")
                shown = kind
                if kind == "summary":
                    shown = [(value.tag, 0.0 if value.tag.endswith("/sec") else value.simple_value)
                             for value in event.summary.value]
                elif kind == "session_log":
                    shown = event.session_log
                events.append((event.step, shown))
    return events


def files_of(folder):
    return [name for name in sorted(os.listdir(folder)) if "tfevents" not in name]


def loop(session, train):
    runs = 0
    while not session.should_stop():
        session.run(train)
        runs += 1
    return runs


def training():
    """A MonitoredTrainingSession: it stops, is started again, goes on from where it was."""
    step, v, loss, train = model()
    facts = {}
    for last_step in (5, 8):
        with Lines() as lines:
            hooks = [tf.train.StopAtStepHook(last_step=last_step), tf.train.NanTensorHook(loss),
                     tf.train.LoggingTensorHook({"loss": loss, "step": step}, every_n_iter=2)]
            with tf.train.MonitoredTrainingSession(checkpoint_dir="trained", hooks=hooks, save_summaries_steps=2,
                                                   save_checkpoint_steps=4, log_step_count_steps=3) as session:
                facts["runs until %d" % last_step] = loop(session, train)
        facts["lines until %d" % last_step] = lines
    facts["files"] = files_of("trained")
    with open("trained/checkpoint") as state:
        facts["state"] = re.sub('"[^"]*/', '"', state.read())
    facts["events"] = events_of("trained")
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("trained")
    return {"steps": [], "facts": facts}


def checkpoints():
    """A CheckpointSaverHook with listeners, and its mistakes."""
    _, v, _, train = model()
    saver = tf.train.Saver()
    facts, calls = {}, []

    class Listener(tf.train.CheckpointSaverListener):
        def begin(self):
            calls.append("begin")

        def before_save(self, session, global_step_value):
            calls.append("before %d" % global_step_value)

        def after_save(self, session, global_step_value):
            calls.append("after %d" % global_step_value)
            return global_step_value == 4

        def end(self, session, global_step_value):
            calls.append("end %d" % global_step_value)

    hook = tf.train.CheckpointSaverHook("saved", save_steps=2, saver=saver, listeners=[Listener()],
                                        checkpoint_basename="mine")
    with Lines() as lines:
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            facts["runs"] = loop(session, train)
    facts["lines"] = [re.sub("<.*>", "LISTENER", line) for line in lines]
    facts["calls"] = calls
    facts["files"] = files_of("saved")
    facts["events"] = events_of("saved")
    facts["saver and scaffold"] = kind_of(lambda: tf.train.CheckpointSaverHook("saved", 1, saver=saver,
                                                                             scaffold=tf.train.Scaffold()))
    facts["no interval"] = kind_of(lambda: tf.train.CheckpointSaverHook("saved"))
    with tf.Graph().as_default():
        tf.constant(1)
        facts["no step"] = [kind_of(tf.train.CheckpointSaverHook("saved", 1).begin),
                            kind_of(tf.train.StopAtStepHook(1).begin), kind_of(tf.train.StepCounterHook().begin),
                            kind_of(tf.train.SummarySaverHook(1, output_dir="saved", summary_op="s").begin)]
        facts["no saver"] = kind_of(lambda: tf.train.CheckpointSaverHook("saved", 1)._get_saver())
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("saved")
    return {"steps": [], "facts": facts}


def steps():
    """Hooks that look at the global step."""
    step, v, loss, train = model()
    facts = {}

    def until(hooks, fetch=train):
        with tf.train.MonitoredSession(hooks=hooks) as session:
            return loop(session, fetch), session.run(step) if not session.should_stop() else None

    facts["at step"] = until([tf.train.StopAtStepHook(last_step=3)])
    facts["steps"] = until([tf.train.StopAtStepHook(num_steps=4)])
    facts["waits"] = until([tf.train.GlobalStepWaiterHook(0), tf.train.StopAtStepHook(last_step=2)])
    facts["none"] = kind_of(lambda: tf.train.StopAtStepHook())
    facts["both"] = kind_of(lambda: tf.train.StopAtStepHook(1, 2))
    facts["no counter interval"] = kind_of(lambda: tf.train.StepCounterHook(None, None))
    facts["no summary"] = kind_of(lambda: tf.train.SummarySaverHook(1, output_dir="x"))
    summary = tf.summary.merge_all()
    with Lines() as lines:
        until([tf.train.SummarySaverHook(save_steps=3, output_dir="summed", summary_op=[summary, summary]),
               tf.train.StepCounterHook(every_n_steps=2, output_dir="summed"), tf.train.StopAtStepHook(last_step=6)])
    facts["lines"] = lines
    facts["events"] = events_of("summed")
    shutil.rmtree("summed")
    until([tf.train.ProfilerHook(save_steps=2, output_dir="."), tf.train.StopAtStepHook(last_step=6)])
    facts["traces"] = sorted(name for name in os.listdir(".") if name.startswith("timeline"))
    tf.summary.FileWriterCache.clear()
    for name in os.listdir("."):
        if "timeline" in name or "tfevents" in name:
            os.remove(name)
    return {"steps": [], "facts": facts}


def recovery():
    """A session that is lost is made anew from the last checkpoint."""
    step, v, loss, train = model()
    facts, calls = {}, []

    class Fails(tf.train.SessionRunHook):
        runs = 0

        def after_create_session(self, session, coord):
            calls.append("created at %d" % session.run(step))

        def after_run(self, run_context, run_values):
            Fails.runs += 1
            if Fails.runs == 5:
                raise tf.errors.AbortedError(None, None, "lost")
            if Fails.runs == 7:
                raise tf.errors.UnavailableError(None, None, "lost")

    hooks = [tf.train.StopAtStepHook(last_step=6), Fails()]
    with tf.train.MonitoredTrainingSession(checkpoint_dir="recovered", hooks=hooks, save_checkpoint_steps=2,
                                           save_summaries_steps=None, save_summaries_secs=None,
                                           log_step_count_steps=None) as session:
        facts["runs"] = loop(session, train)
    facts["calls"] = calls
    facts["files"] = files_of("recovered")
    facts["events"] = events_of("recovered")
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("recovered")

    def singular():
        Fails.runs = 4
        with tf.train.SingularMonitoredSession(hooks=[Fails()]) as session:
            session.run(train)

    facts["singular"] = kind_of(singular)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "training": training,
    "checkpoints": checkpoints,
    "steps": steps,
    "recovery": recovery,
}
