import tensorflow as tf

import logging
import os
import re
import shutil
import threading


class Lines(logging.Handler):
    """The lines that are logged inside a block, without times."""

    def __init__(self):
        super(Lines, self).__init__()
        self.lines = []

    def emit(self, record):
        line = re.sub(r"\(\d+\.\d+ sec\)", "(TIME)", record.getMessage())
        if not re.search("deprecated|never used", line):
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
    """A step, a variable that is saved, one that is local, a summary."""
    step = tf.train.get_or_create_global_step()
    v = tf.Variable([1.0, 2.0], name="v")
    local = tf.Variable(3.0, name="local", collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
    loss = tf.reduce_sum(v * v, name="loss")
    tf.summary.scalar("loss_summary", loss)
    with tf.control_dependencies([loss]):
        down = tf.assign_sub(v, 0.1 * v, name="down")
    return step, v, local, loss, down


class Told(tf.train.SessionRunHook):
    """Tells what is called, and with what."""

    def __init__(self, calls, fetches=None, feeds=None, stop_at=None):
        self.calls, self.fetches, self.feeds, self.stop_at = calls, fetches, feeds, stop_at
        self.runs = 0

    def begin(self):
        self.calls.append("begin, final %s" % tf.get_default_graph().finalized)

    def after_create_session(self, session, coord):
        self.calls.append("after_create_session %s %s, final %s" % (isinstance(session, tf.Session), coord.should_stop(),
                                                                     session.graph.finalized))

    def before_run(self, run_context):
        arguments = run_context.original_args
        fetched = "Variable" if isinstance(arguments.fetches, tf.Variable) else type(arguments.fetches).__name__
        self.calls.append("before_run %s %s %s" % (fetched, arguments.feed_dict, run_context.stop_requested))
        if self.fetches is None and self.feeds is None:
            return None
        return tf.train.SessionRunArgs(self.fetches, feed_dict=self.feeds)

    def after_run(self, run_context, run_values):
        self.calls.append("after_run %s %s %s" % (run_values.results, type(run_values.options).__name__,
                                                  type(run_values.run_metadata).__name__))
        self.runs += 1
        if self.runs == self.stop_at:
            run_context.request_stop()

    def end(self, session):
        self.calls.append("end %s" % isinstance(session, tf.Session))


def scaffold():
    """What finalize adds to a graph."""
    model()
    made = tf.train.Scaffold(init_fn=lambda scaffold, session: None, init_feed_dict={"a": 1})
    facts = {"before": [made.init_op, made.ready_op, made.local_init_op, made.summary_op, made.saver,
                        made.ready_for_local_init_op]}
    with Lines() as lines:
        same = made.finalize()
    facts["lines"] = lines
    facts["same"] = same is made
    facts["final"] = tf.get_default_graph().finalized
    facts["ops"] = [made.init_op, made.ready_op, made.ready_for_local_init_op, made.local_init_op, made.summary_op]
    facts["feeds"] = made.init_feed_dict
    again = tf.train.Scaffold().finalize()
    facts["again"] = [again.init_op is made.init_op, again.saver is made.saver, again.init_fn]
    copied = tf.train.Scaffold(copy_from_scaffold=made)
    facts["copied"] = [copied.init_op is made.init_op, copied.init_feed_dict, copied.init_fn is None]
    facts["copied of no scaffold"] = kind_of(lambda: tf.train.Scaffold(copy_from_scaffold=3))
    return {"steps": [], "facts": facts}


def scaffold_given():
    """A scaffold of the program's own operations; several items in a collection."""
    _, v, _, _, _ = model()
    init = tf.group(tf.global_variables_initializer(), name="my_init")
    tf.add_to_collection(tf.GraphKeys.LOCAL_INIT_OP, tf.no_op(name="my_local_init"))
    made = tf.train.Scaffold(init_op=init, ready_op=tf.report_uninitialized_variables([v]), saver=tf.train.Saver([v]))
    made.finalize()
    facts = {"ops": [made.init_op, made.ready_op, made.local_init_op]}
    tf.get_default_graph()._unsafe_unfinalize()
    facts["default"] = tf.train.Scaffold.get_or_default("mine", "mine", lambda: tf.constant(1, name="mine"))
    tf.add_to_collection("mine", 7)
    facts["several"] = kind_of(lambda: tf.train.Scaffold.get_or_default("mine", "mine", None))
    return {"steps": [], "facts": facts}


def monitored():
    """The order of calls, and fetches of all kinds."""
    _, v, local, loss, down = model()
    x = tf.placeholder_with_default(2.0, (), name="x")
    y = x * 3.0
    calls = []
    facts = {}
    with Lines() as lines:
        with tf.train.MonitoredSession(hooks=[Told(calls), Told(calls, [y, loss], {x: 5.0}, stop_at=3)]) as session:
            facts["graph"] = session.graph is tf.get_default_graph()
            facts["stop before"] = session.should_stop()
            facts["values"] = [session.run({"v": v, "y": (y, [loss])}), session.run(down.op), session.run([local, down])]
            facts["stop"] = session.should_stop()
            facts["run after stop"] = kind_of(lambda: session.run(v))
    facts["lines"] = lines
    facts["calls"] = calls
    facts["stopped"] = session.should_stop()
    facts["graph after"] = session.graph
    facts["closed twice"] = kind_of(session.close)
    facts["final"] = tf.get_default_graph().finalized
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [down.op]}, {"fetch": [v, loss]}],
            "facts": facts}


def endings():
    """How blocks end: with the input, with an error, with conflicts of feeds."""
    _, v, _, loss, _ = model()
    x = tf.placeholder_with_default(2.0, (), name="x")
    facts, calls = {}, []

    def ends_with(error, hooks=()):
        with tf.train.MonitoredSession(hooks=list(hooks)) as session:
            session.run(v)
            raise error

    for error in (tf.errors.OutOfRangeError(None, None, "end"), StopIteration(), ValueError("wrong"),
                  tf.errors.InvalidArgumentError(None, None, "wrong")):
        facts[type(error).__name__] = kind_of(lambda: ends_with(error, [Told(calls)]))
    facts["calls"] = calls
    with tf.train.MonitoredSession(hooks=[Told([], feeds={x: 1.0}), Told([], feeds={x: 2.0})]) as session:
        facts["two hooks feed"] = kind_of(lambda: session.run(v))
    with tf.train.MonitoredSession(hooks=[Told([], feeds={x: 1.0})]) as session:
        facts["hook and program feed"] = kind_of(lambda: session.run(v, {x: 3.0}))
        facts["program feeds"] = session.run(loss, feed_dict={v: [1.0, 1.0]})
        facts["unknown"] = kind_of(lambda: session.run("none:0"))
    return {"steps": [], "facts": facts}


def singular():
    """A SingularMonitoredSession that restores what an earlier one has saved."""
    _, v, _, loss, down = model()
    facts = {}
    with tf.train.SingularMonitoredSession() as session:
        session.run(down)
        facts["raw"] = type(session.raw_session()).__name__
        facts["final"] = session.graph.finalized
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(down)
        saver.save(session, "saved/model.ckpt", global_step=3)
    with Lines() as lines, tf.train.SingularMonitoredSession(checkpoint_dir="saved") as session:
        facts["restored"] = session.run([v, loss])
    facts["lines"] = lines
    with tf.train.SingularMonitoredSession(checkpoint_filename_with_path="saved/model.ckpt-3") as session:
        facts["restored a file"] = session.run(v)
    facts["both"] = kind_of(lambda: tf.train.SingularMonitoredSession(
        checkpoint_dir="saved", checkpoint_filename_with_path="saved/model.ckpt-3"))
    shutil.rmtree("saved")
    return {"steps": [], "facts": facts}


def step_functions():
    """run_step_fn: runs with and without hooks, and a stop."""
    _, v, _, loss, down = model()
    facts, calls = {}, []

    def step(step_context):
        step_context.session.run(down)
        return step_context.run_with_hooks(loss)

    def last(step_context):
        step_context.request_stop()

    class Model(object):
        def step(self, step_context):
            return step_context.run_with_hooks([loss])

    with tf.train.MonitoredSession(hooks=[Told(calls, [v])]) as session:
        facts["value"] = session.run_step_fn(step)
        facts["method"] = session.run_step_fn(Model().step)
        facts["stop"] = session.should_stop()
        facts["other argument"] = kind_of(lambda: session.run_step_fn(lambda context: None))
        facts["two arguments"] = kind_of(lambda: session.run_step_fn(lambda step_context, more: None))
        session.run_step_fn(last)
        facts["not reached"] = True
    facts["stopped"] = session.should_stop()
    facts["calls"] = calls
    return {"steps": [], "facts": facts}


def hooks():
    """Hooks that need no global step."""
    _, v, _, loss, down = model()
    x = tf.placeholder(tf.float32, (), name="x")
    y = tf.multiply(x, 2.0, name="y")
    big = tf.constant([[1e-7, 1.0], [1e7, 0.5]], name="big")
    facts = {}
    fed = iter([1.0, 2.0, 3.0, 4.0])
    final = tf.train.FinalOpsHook({"loss": loss, "x": y}, final_ops_feed_dict={x: 7.0})
    logged = [tf.train.LoggingTensorHook({"b": loss, "a": "y"}, every_n_iter=2),
              tf.train.LoggingTensorHook([loss, "big"], every_n_iter=3, at_end=False),
              tf.train.LoggingTensorHook({"v": v}, at_end=True),
              tf.train.LoggingTensorHook({"l": "loss:0"}, every_n_secs=1000.0,
                                         formatter=lambda values: "formatted %.2f" % values["l"])]
    with Lines() as lines:
        with tf.train.MonitoredSession(hooks=logged + [final, tf.train.FeedFnHook(lambda: {x: next(fed)})]) as session:
            facts["values"] = [session.run([y, down]) for _ in range(4)]
    facts["lines"] = [re.sub("Tensor[^ ]*", "TENSOR", line) for line in lines]
    facts["final"] = final.final_ops_values
    facts["nothing to log"] = kind_of(lambda: tf.train.LoggingTensorHook([loss]))
    facts["both intervals"] = kind_of(lambda: tf.train.LoggingTensorHook([loss], every_n_iter=1, every_n_secs=1))
    facts["interval of zero"] = kind_of(lambda: tf.train.LoggingTensorHook([loss], every_n_iter=0))

    nan = tf.constant(float("nan"))

    def run_nan(hook):
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            session.run(v)
            return session.should_stop()

    with Lines() as lines:
        facts["nan"] = kind_of(lambda: run_nan(tf.train.NanTensorHook(nan)))
        facts["nan stops"] = run_nan(tf.train.NanTensorHook(nan, fail_on_nan_loss=False))
        facts["number"] = run_nan(tf.train.NanTensorHook(loss))
    facts["nan lines"] = lines
    facts["nan text"] = str(tf.train.NanLossDuringTrainingError())
    return {"steps": [], "facts": facts}


def timers():
    """When timers trigger, and what arguments they refuse."""
    timer = tf.train.SecondOrStepTimer(every_steps=3)
    facts = {"steps": []}
    for step in range(8):
        triggers = timer.should_trigger_for_step(step)
        since = timer.update_last_triggered_step(step)[1] if triggers else None
        facts["steps"].append((triggers, since, timer.last_triggered_step()))
    timer.reset()
    facts["reset"] = [timer.last_triggered_step(), timer.should_trigger_for_step(1)]
    seconds = tf.train.SecondOrStepTimer(every_secs=1000.0)
    facts["seconds"] = [seconds.should_trigger_for_step(1), seconds.update_last_triggered_step(1),
                        seconds.should_trigger_for_step(1), seconds.should_trigger_for_step(2)]
    facts["none"] = kind_of(lambda: tf.train.SecondOrStepTimer())
    facts["both"] = kind_of(lambda: tf.train.SecondOrStepTimer(1, 2))
    facts["args"] = tf.train.SessionRunArgs(1)
    facts["full args"] = tf.train.SessionRunArgs([1], {2: 3}, options=4)
    facts["values"] = tf.train.SessionRunValues(1, 2, 3)
    context = tf.train.SessionRunContext(tf.train.SessionRunArgs(1), "session")
    facts["context"] = [context.session, context.original_args, context.stop_requested]
    context.request_stop()
    facts["stop"] = context.stop_requested
    return {"steps": [], "facts": facts}


def coordinator():
    """Threads that end together."""
    facts, calls = {}, []

    def counts(coord, name, number):
        done = 0
        while not coord.should_stop():
            done += 1
            if done == number:
                calls.append(name)
                coord.request_stop()

    coord = tf.train.Coordinator()
    threads = [threading.Thread(target=counts, args=(coord, "a", 3)),
               threading.Thread(target=coord.wait_for_stop)]
    for thread in threads:
        thread.start()
    coord.join(threads)
    facts["calls"] = calls
    facts["joined"] = [coord.joined, coord.should_stop()]
    coord.clear_stop()
    facts["cleared"] = [coord.joined, coord.should_stop(), coord.wait_for_stop(0.0)]

    def fails(coord, error):
        with coord.stop_on_exception():
            raise error

    def outcome(error, **options):
        coord = tf.train.Coordinator(**options)
        thread = threading.Thread(target=fails, args=(coord, error))
        coord.register_thread(thread)
        thread.start()
        return kind_of(coord.join)

    with Lines() as lines:
        facts["error"] = outcome(ValueError("wrong"))
        facts["end of input"] = outcome(tf.errors.OutOfRangeError(None, None, "end"))
        facts["clean"] = outcome(ValueError("wrong"), clean_stop_exception_types=(ValueError,))
        facts["end that is none"] = outcome(tf.errors.OutOfRangeError(None, None, "end"), clean_stop_exception_types=[])
    facts["lines"] = lines
    coord = tf.train.Coordinator()
    for error in (KeyError("first"), ValueError("second")):
        try:
            raise error
        except Exception as caught:
            coord.request_stop(caught)
    facts["first"] = kind_of(coord.raise_requested_exception)
    release = threading.Event()
    for ignore in (False, True):
        coord = tf.train.Coordinator()
        thread = threading.Thread(target=release.wait, name="slow")
        thread.start()
        coord.register_thread(thread)
        coord.request_stop()
        facts["slow thread, ignored %s" % ignore] = kind_of(lambda: coord.join(stop_grace_period_secs=0.01,
                                                                             ignore_live_threads=ignore))
    release.set()
    coord = tf.train.Coordinator()
    times = []

    def loops(argument, more=None):
        times.append((argument, more))
        if len(times) == 3:
            coord.request_stop()

    looper = tf.train.LooperThread.loop(coord, 0.001, loops, args=(1,), kwargs={"more": 2})
    coord.join()
    facts["looped"] = times
    facts["daemon"] = looper.daemon
    facts["no coordinator"] = kind_of(lambda: tf.train.LooperThread(None, 1))
    return {"steps": [], "facts": facts}


def session_manager():
    """Sessions that are prepared, recovered, waited for."""
    _, v, local, loss, down = model()
    init, local_init = tf.global_variables_initializer(), tf.local_variables_initializer()
    ready = tf.report_uninitialized_variables()
    ready_for_local = tf.report_uninitialized_variables(tf.global_variables(), name="ready_for_local")
    saver = tf.train.Saver()
    facts = {}

    def manager(**more):
        return tf.train.SessionManager(ready_op=ready, recovery_wait_secs=0, **more)

    full = {"local_init_op": local_init, "ready_for_local_init_op": ready_for_local}
    with Lines() as lines:
        with manager(**full).prepare_session("", init_op=init, init_fn=lambda session: session.run(down)) as session:
            facts["prepared"] = session.run([v, local])
            saver.save(session, "managed/model.ckpt", global_step=9)
        session, loaded = manager(**full).recover_session("", saver, checkpoint_dir="managed")
        facts["recovered"] = [loaded, session.run(v)]
        session, loaded = manager(**full).recover_session("", saver, checkpoint_dir="elsewhere")
        facts["nothing to recover"] = loaded
        session, loaded = manager(**full).recover_session("", tf.train.Saver([v]), checkpoint_dir="managed")
        facts["recovered in part"] = loaded
        facts["restored"] = manager(**full).prepare_session("", saver=saver, checkpoint_dir="managed").run(v)
    facts["lines"] = [re.sub("at 0x[^ ]*", "", line) for line in lines]
    facts["no local init"] = kind_of(lambda: manager().prepare_session("", init_op=init))
    facts["no init"] = kind_of(lambda: manager().prepare_session(""))
    facts["no init but local"] = kind_of(lambda: manager(**full).prepare_session(""))
    facts["ready for nothing"] = kind_of(lambda: manager(ready_for_local_init_op=ready))
    slow = tf.train.SessionManager(ready_op=ready, recovery_wait_secs=10)
    facts["waits"] = kind_of(lambda: slow.wait_for_session("", max_wait_secs=0))
    facts["needs no waiting"] = type(tf.train.SessionManager().wait_for_session("")).__name__
    shutil.rmtree("managed")
    return {"steps": [], "facts": facts}


def supervisor():
    """What a Supervisor adds to a graph, writes and logs."""
    _, v, _, loss, down = model()
    facts = {}
    with Lines() as lines:
        made = tf.train.Supervisor(logdir="supervised", save_model_secs=0, save_summaries_secs=0)
        with made.managed_session() as session:
            session.run(down)
            facts["value"] = session.run(loss)
            made.summary_computed(session, session.run(made.summary_op))
            facts["stop"] = made.should_stop()
        facts["stopped"] = made.should_stop()
    facts["lines"] = lines
    facts["ops"] = [made.init_op, made.ready_op, made.ready_for_local_init_op, made.summary_op,
                    made.global_step]
    facts["rest"] = [made.is_chief, made.save_path, made.save_model_secs, made.save_summaries_secs, made.init_feed_dict,
                     type(made.saver).__name__, type(made.coord).__name__, type(made.session_manager).__name__]
    events = []
    for name in sorted(os.listdir("supervised")):
        if "tfevents" in name:
            for event in tf.train.summary_iterator("supervised/" + name):
                kind = event.WhichOneof("what")
                events.append((event.step, kind, event.session_log if kind == "session_log" else None))
    facts["events"] = events
    facts["files"] = [name for name in sorted(os.listdir("supervised")) if "tfevents" not in name]
    shutil.rmtree("supervised")
    facts["final"] = tf.get_default_graph().finalized
    return {"steps": [], "facts": facts}


def supervisor_threads():
    """The threads of a Supervisor, and its errors."""
    _, v, _, loss, down = model()
    facts, seen = {}, []
    made = tf.train.Supervisor(logdir="supervised", save_model_secs=1000, save_summaries_secs=1000, init_op=None,
                               init_fn=lambda session: session.run([v.initializer, "global_step/Assign"]))
    with Lines() as lines:
        with made.managed_session() as session:
            made.loop(0.001, lambda: (seen.append(1), len(seen) == 3 and made.request_stop()))
            made.wait_for_stop()
    facts["lines"] = sorted(line for line in lines if "global_step/sec" not in line)
    facts["looped"] = len(seen)
    facts["saved"] = sorted(name for name in os.listdir("supervised") if "ckpt" in name)

    def fails():
        with made.managed_session() as session:
            raise ValueError("wrong")

    facts["error"] = kind_of(fails)
    worker = tf.train.Supervisor(graph=tf.Graph(), is_chief=False, logdir="supervised")
    facts["worker"] = [worker.save_path, worker.summary_writer, worker.saver]
    facts["worker starts services"] = kind_of(lambda: worker.start_standard_services(None))
    facts["worker writes"] = kind_of(lambda: worker.summary_computed(None, b""))
    tf.train.basic_train_loop(made, lambda session, number: made.request_stop(), args=[1])
    shutil.rmtree("supervised")
    return {"steps": [], "facts": facts}


VARIANTS = {
    "scaffold": scaffold,
    "scaffold_given": scaffold_given,
    "monitored": monitored,
    "endings": endings,
    "singular": singular,
    "step_functions": step_functions,
    "hooks": hooks,
    "timers": timers,
    "coordinator": coordinator,
    "session_manager": session_manager,
    "supervisor": supervisor,
    "supervisor_threads": supervisor_threads,
}
