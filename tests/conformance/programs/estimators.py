import tensorflow as tf

import json
import logging
import os
import re
import shutil

import numpy as np


class Lines(logging.Handler):
    """The lines that are logged inside a block, without times and addresses."""

    def __init__(self):
        super(Lines, self).__init__()
        self.lines = []

    def emit(self, record):
        line = record.getMessage()
        for pattern, text in ((r"\(\d+\.\d+ sec\)", "(TIME)"), (r"/sec: .*", "/sec: SPEED"), (r" object at 0x\w+", ""),
                              (r"(evaluation at) .*", r"\1 TIME"), (r"<tensorflow\S*|<headrace\S*", "<CLASS"),
                              (r"temp-\S*?\d+'?/", "temp-TIME/")):
            line = re.sub(pattern, text, line)
        if not re.search("deprecated|not been increased|never used|^Using config", line):
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


def attr_text(value):
    if value.HasField("tensor"):
        array = tf.make_ndarray(value.tensor)
        text = "%s %s" % (array.dtype, re.sub("_temp_[0-9a-f]{32}", "_temp_X", str(array.tolist())))
        return text if len(text) < 200 else text[:200] + "..."
    return " ".join(str(value).split())


def add_nodes(facts, name, graph):
    """A fact for each node of a graph."""
    for number, node in enumerate(graph.as_graph_def().node):
        attrs = "; ".join("%s %s" % (key, attr_text(node.attr[key])) for key in sorted(node.attr))
        facts["%s %04d" % (name, number)] = " | ".join([node.name, node.op, " ".join(node.input), node.device, attrs])


class Graphs(tf.estimator.SessionRunHook):
    """Notes the graph of a session."""

    def __init__(self, facts, name):
        self.facts, self.name = facts, name

    def after_create_session(self, session, coord):
        add_nodes(self.facts, self.name, session.graph)
        self.facts[self.name + " collections"] = [
            (key, [getattr(item, "name", type(item).__name__) for item in session.graph.get_collection(key)])
            for key in sorted(session.graph.get_all_collection_keys())
            if session.graph.get_collection(key) and not key.startswith("cond")]


def data():
    x = np.random.RandomState(0).rand(30, 4).astype(np.float32)
    return x, (x.sum(axis=1) * 0.74).astype(np.int32)


def inputs():
    x, y = data()
    return {"x": tf.constant(x)}, tf.constant(y)


def model_fn(features, labels, mode, params):
    """A network with a hidden layer."""
    hidden = tf.layers.dense(features["x"], 5, tf.nn.relu, name="hidden")
    logits = tf.layers.dense(hidden, 3, name="logits")
    predictions = {"probabilities": tf.nn.softmax(logits), "class": tf.argmax(logits, axis=1)}
    if mode == tf.estimator.ModeKeys.PREDICT:
        outputs = {"predict": tf.estimator.export.PredictOutput(predictions)}
        return tf.estimator.EstimatorSpec(mode, predictions=predictions, export_outputs=outputs)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    metrics = {"accuracy": tf.metrics.accuracy(labels, predictions["class"])}
    optimizer = tf.train.GradientDescentOptimizer(params["rate"])
    train_op = optimizer.minimize(loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, eval_metric_ops=metrics)


def estimator(model=model_fn, folder="model", rate=0.5, warm_start_from=None, **config):
    return tf.estimator.Estimator(model, params={"rate": rate}, warm_start_from=warm_start_from,
                                  config=tf.estimator.RunConfig(folder, tf_random_seed=42, **config))


def events_of(folder):
    events = []
    for name in sorted(os.listdir(folder)):
        if "tfevents" in name:
            for event in tf.train.summary_iterator(os.path.join(folder, name)):
                kind = event.WhichOneof("what")
                shown = kind
                if kind == "summary":
                    shown = [(value.tag, value.WhichOneof("value"),
                              0.0 if value.tag.endswith("/sec") else value.simple_value) for value in event.summary.value]
                events.append((event.step, shown))
    return events


def files_of(folder):
    return [name for name in sorted(os.listdir(folder)) if "tfevents" not in name]


def life():
    """Training, evaluation, prediction: their graphs, values, files and lines."""
    facts = {}
    with Lines() as lines:
        made = estimator()
        same = made.train(inputs, steps=5, hooks=[Graphs(facts, "train")])
        facts["result"] = made.evaluate(inputs, steps=2, hooks=[Graphs(facts, "evaluate")])
        predictions = made.predict(inputs, hooks=[Graphs(facts, "predict")])
        facts["predictions"] = [next(predictions), next(predictions)]
    facts["lines"] = lines
    facts["same"] = same is made
    facts["names"] = made.get_variable_names()
    facts["bias"] = made.get_variable_value("logits/bias")
    facts["latest"] = made.latest_checkpoint()
    facts["files"] = files_of("model")
    facts["events"] = events_of("model")
    facts["evaluations"] = events_of("model/eval")
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


def going_on():
    """Training in pieces, up to a step, with hooks and listeners; keys of predictions; batches."""
    facts, calls = {}, []

    class Listener(tf.estimator.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            calls.append(int(global_step_value))

    made = estimator(save_checkpoints_steps=2, save_summary_steps=1, log_step_count_steps=4, keep_checkpoint_max=2)
    with Lines() as lines:
        made.train(inputs, max_steps=4, saving_listeners=[Listener()])
        made.train(inputs, max_steps=4)
        made.train(inputs, steps=3)
    facts["lines"] = lines
    facts["saved"] = calls
    facts["files"] = files_of("model")
    facts["events"] = events_of("model")
    older = made.evaluate(inputs, steps=1, checkpoint_path="model/model.ckpt-6", name="older")
    facts["older"] = older
    facts["folders"] = sorted(name for name in os.listdir("model") if name.startswith("eval"))
    facts["keys"] = next(made.predict(inputs, predict_keys=["class"]))
    facts["batch"] = next(made.predict(inputs, yield_single_examples=False))["class"]
    facts["other key"] = kind_of(lambda: next(made.predict(inputs, predict_keys=["none"])))
    facts["both"] = kind_of(lambda: made.train(inputs, steps=1, max_steps=1))
    facts["no steps"] = kind_of(lambda: made.train(inputs, steps=0))
    facts["no evaluation"] = kind_of(lambda: made.evaluate(inputs, steps=0))
    facts["no hook"] = kind_of(lambda: made.train(inputs, hooks=[3]))
    facts["three inputs"] = kind_of(lambda: made.train(lambda: (1, 2, 3), steps=1))
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


def untrained():
    """What needs no checkpoint and what does."""
    facts = {}
    made = estimator()
    with Lines() as lines:
        facts["result"] = made.evaluate(inputs, steps=1)
        facts["prediction"] = next(made.predict(inputs))
    facts["lines"] = lines
    facts["value"] = kind_of(lambda: made.get_variable_value("global_step"))
    facts["names"] = kind_of(lambda: made.get_variable_names())
    facts["latest"] = made.latest_checkpoint()
    receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({})
    facts["export"] = kind_of(lambda: made.export_saved_model("exported", receiver))
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


def arguments():
    """What functions may take, and what an Estimator refuses."""
    facts, seen = {}, []

    def looks(features, labels, mode, params, config):
        seen.append([mode, sorted(params), config.tf_random_seed, features.device, labels.device])
        step = tf.train.get_global_step()
        return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_sum(features), train_op=tf.assign_add(step, 1))

    def gives(mode, params, config):
        seen.append([mode, sorted(params), type(config).__name__])
        return tf.constant([1.0, 2.0]), tf.constant([3])

    made = estimator(looks)
    made.train(gives, steps=1)
    facts["seen"] = seen
    spec = tf.estimator.EstimatorSpec
    facts["no params"] = kind_of(lambda: tf.estimator.Estimator(lambda features: None, "model", params={}))
    facts["no features"] = kind_of(lambda: tf.estimator.Estimator(lambda labels: None, "model"))
    facts["more"] = kind_of(lambda: tf.estimator.Estimator(lambda features, more: None, "model"))
    facts["none"] = kind_of(lambda: tf.estimator.Estimator(None, "model"))
    facts["config"] = kind_of(lambda: tf.estimator.Estimator(looks, "model", config={}))
    facts["folders"] = kind_of(lambda: tf.estimator.Estimator(looks, "a", config=tf.estimator.RunConfig("b")))
    facts["warm"] = kind_of(lambda: estimator(warm_start_from=3))
    facts["no spec"] = kind_of(lambda: tf.estimator.Estimator(lambda features, labels: None, "model").train(gives, steps=1))
    facts["no labels"] = kind_of(lambda: tf.estimator.Estimator(lambda features: None, "model").train(gives, steps=1))

    class Overrides(tf.estimator.Estimator):
        def train(self, *unused):
            return None

    facts["overrides"] = kind_of(lambda: Overrides(looks, "model"))
    params = made.params
    params["rate"] = 7
    facts["copy"] = made.params
    facts["dirs"] = [made.model_dir, made.eval_dir(), made.eval_dir("more"), made.config.model_dir]
    public = made.model_fn
    with tf.Graph().as_default():
        tf.train.create_global_step()
        facts["called"] = type(public(tf.constant([1.0]), tf.constant([1]), "train", made.config)).__name__
        facts["mode keys"] = [tf.estimator.ModeKeys.TRAIN, tf.estimator.ModeKeys.EVAL, tf.estimator.ModeKeys.PREDICT]
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


def specs():
    """What an EstimatorSpec takes, completes and refuses."""
    spec = tf.estimator.EstimatorSpec
    loss, train = tf.constant([1.5], name="loss"), tf.no_op(name="train")
    made = spec("train", loss=loss, train_op=train)
    facts = {"loss": made.loss, "train": made.train_op, "predictions": made.predictions, "exports": made.export_outputs,
             "metrics": made.eval_metric_ops, "hooks": [made.training_hooks, made.evaluation_hooks],
             "scaffold": made.scaffold}
    predicted = spec("infer", predictions={"a": loss})
    facts["export"] = sorted(predicted.export_outputs)
    facts["named"] = sorted(spec("infer", predictions=loss, export_outputs={
        "mine": tf.estimator.export.RegressionOutput(loss)}).export_outputs)
    facts["replaced"] = made._replace(training_hooks=[tf.estimator.FeedFnHook(None)]).training_hooks
    outputs = tf.estimator.export
    text = tf.constant(["a"], name="text")
    two = {"a": outputs.RegressionOutput(loss), "b": outputs.ClassificationOutput(classes=text)}
    other = tf.Graph()
    with other.as_default():
        foreign = tf.constant(1.0, name="foreign")
    mistakes = {
        "another mode": lambda: made._replace(mode="infer"),
        "replaced by nothing": lambda: made._replace(train_op=None),
        "no loss": lambda: spec("train", train_op=train),
        "no train": lambda: spec("train", loss=loss),
        "no predictions": lambda: spec("infer"),
        "no evaluation loss": lambda: spec("eval"),
        "long loss": lambda: spec("eval", loss=tf.constant([1.0, 2.0])),
        "number": lambda: spec("eval", loss=1.0),
        "train of text": lambda: spec("train", loss=loss, train_op="train"),
        "predictions of numbers": lambda: spec("infer", predictions={"a": 1}),
        "metric": lambda: spec("eval", loss=loss, eval_metric_ops=[loss]),
        "metric pair": lambda: spec("eval", loss=loss, eval_metric_ops={"a": loss}),
        "exports": lambda: spec("infer", predictions=loss, export_outputs=[]),
        "export": lambda: spec("infer", predictions=loss, export_outputs={"a": loss}),
        "two exports": lambda: spec("infer", predictions=loss, export_outputs=two),
        "hook": lambda: spec("eval", loss=loss, evaluation_hooks=[1]),
        "scaffold number": lambda: spec("eval", loss=loss, scaffold=1),
        "foreign loss": lambda: spec("eval", loss=foreign),
        "scores of text": lambda: outputs.ClassificationOutput(scores=text),
        "classes of numbers": lambda: outputs.ClassificationOutput(classes=loss),
        "no classes": lambda: outputs.ClassificationOutput(),
        "regression of text": lambda: outputs.RegressionOutput(text),
        "prediction of number": lambda: outputs.PredictOutput({"a": 1}),
        "no receiver": lambda: outputs.ServingInputReceiver(None, loss),
        "receiver of number": lambda: outputs.ServingInputReceiver({"a": 1}, loss),
        "features in a dict": lambda: outputs.TensorServingInputReceiver({"a": loss}, loss),
    }
    facts["mistakes"] = [(name, kind_of(mistakes[name])) for name in sorted(mistakes)]
    predict = outputs.PredictOutput(loss)
    facts["output"] = [sorted(predict.outputs), outputs.ClassificationOutput(loss, text).scores]
    examples = tf.placeholder(tf.string, [None], name="examples")
    for name, output in (("predict", predict), ("classify", outputs.ClassificationOutput(loss, text)),
                         ("regress", outputs.RegressionOutput(loss))):
        facts["signature of " + name] = output.as_signature_def({"in": examples}).method_name
    receiver = outputs.ServingInputReceiver(loss, examples, {"other": examples})
    facts["receiver"] = [sorted(receiver.features), sorted(receiver.receiver_tensors),
                         sorted(receiver.receiver_tensors_alternatives)]
    raw = outputs.build_raw_serving_input_receiver_fn({"x": tf.zeros([3, 4]), "text": text}, default_batch_size=2)()
    facts["raw"] = [(name, raw.features[name]) for name in sorted(raw.features)]
    return {"steps": [], "facts": facts}


CLUSTER = {"chief": ["h0:1"], "worker": ["h1:1", "h2:1"], "ps": ["p0:1", "p1:1"]}
TASKS = {
    "chief": {"cluster": CLUSTER, "task": {"type": "chief", "index": 0}},
    "worker": {"cluster": CLUSTER, "task": {"type": "worker", "index": 1}},
    "ps": {"cluster": CLUSTER, "task": {"type": "ps", "index": 1}},
    "evaluator": {"cluster": CLUSTER, "task": {"type": "evaluator", "index": 0}},
    "too many": {"cluster": CLUSTER, "task": {"type": "worker", "index": 7}},
    "no index": {"cluster": CLUSTER, "task": {"type": "worker"}},
    "no task": {"cluster": CLUSTER},
    "no chief": {"cluster": {"worker": ["h1:1"]}, "task": {"type": "worker", "index": 0}},
    "alone": {"cluster": {"chief": ["h1:1"]}, "task": {"type": "chief", "index": 0}},
    "two chiefs": {"cluster": {"chief": ["h1:1", "h2:1"]}, "task": {"type": "chief", "index": 0}},
    "master": {"cluster": {"master": ["h1:1"], "worker": ["h2:1"]}, "task": {"type": "master", "index": 0}},
    "local worker": {"task": {"type": "worker", "index": 0}},
    "local chief": {"task": {"type": "chief", "index": 0}},
    "local second": {"task": {"type": "worker", "index": 1}},
    "folder": {"model_dir": "folder", "service": {"a": 1}, "session_master": "x", "eval_session_master": "y"},
    "session": {"cluster": CLUSTER, "task": {"type": "chief", "index": 0}, "session_master": "x"},
    "no folder": {"model_dir": ""},
    "service": {"service": 3},
    "nothing": {},
}


def configs():
    """What a RunConfig takes from its arguments and from the environment."""
    make, facts = tf.estimator.RunConfig, {}
    before = os.environ.pop("TF_CONFIG", None)
    for name, environment in TASKS.items():
        os.environ["TF_CONFIG"] = json.dumps(environment)
        kind = kind_of(make)
        if kind != "none":
            facts["task " + name] = kind
            continue
        config = make()
        facts["task " + name] = [
            config.cluster_spec.as_dict() == environment.get("cluster", {}), config.task_type, config.task_id,
            config.global_id_in_cluster, config.master, config.evaluation_master, config.is_chief, config.num_ps_replicas,
            config.num_worker_replicas, config.service, config.model_dir, config.session_config]
    del os.environ["TF_CONFIG"]
    if before is not None:
        os.environ["TF_CONFIG"] = before
    config = make()
    names = [name for name in sorted(vars(config)) if name != "_cluster_spec"]
    facts["default"] = [(name, getattr(config, name)) for name in names]
    arguments = [
        {"model_dir": ""}, {"save_summary_steps": -1}, {"save_summary_steps": 0},
        {"save_checkpoints_steps": 1, "save_checkpoints_secs": 1}, {"save_checkpoints_steps": -1},
        {"save_checkpoints_secs": -1}, {"save_checkpoints_secs": None}, {"session_config": 1},
        {"keep_checkpoint_max": -1}, {"keep_checkpoint_every_n_hours": 0}, {"log_step_count_steps": 0},
        {"log_step_count_steps": None}, {"tf_random_seed": 1.0}, {"device_fn": 1}, {"device_fn": lambda x: 1},
        {"device_fn": lambda op: 1}, {"protocol": "a"}, {"protocol": "grpc"}, {"session_creation_timeout_secs": -1}]
    facts["arguments"] = [(sorted(some), kind_of(lambda: make(**some))) for some in arguments]
    steps = make(save_checkpoints_steps=3)
    seconds = steps.replace(save_checkpoints_secs=5, model_dir="new")
    facts["replaced"] = [steps.save_checkpoints_secs, steps.save_checkpoints_steps, seconds.save_checkpoints_secs,
                         seconds.save_checkpoints_steps, seconds.model_dir, steps.model_dir]
    facts["not replaced"] = [kind_of(lambda: steps.replace(master="x")), kind_of(lambda: steps.replace(
        save_checkpoints_steps=3, save_checkpoints_secs=3))]
    cluster = tf.train.ClusterSpec({"b": ["x:1", "y:2"], "a": {1: "z:3"}})
    facts["cluster"] = [cluster.jobs, cluster.as_dict(), cluster.num_tasks("b"), cluster.task_indices("a"),
                        cluster.task_address("a", 1), cluster.job_tasks("a"), str(cluster), bool(tf.train.ClusterSpec({})),
                        tf.train.ClusterSpec(cluster.as_cluster_def()) == cluster, cluster.as_cluster_def()]
    facts["cluster mistakes"] = [
        kind_of(lambda: tf.train.ClusterSpec(3)), kind_of(lambda: tf.train.ClusterSpec({"a": 3})),
        kind_of(lambda: tf.train.ClusterSpec({"a": [3]})), kind_of(lambda: tf.train.ClusterSpec({3: ["a"]})),
        kind_of(lambda: cluster.num_tasks("c")), kind_of(lambda: cluster.task_address("a", 0))]
    return {"steps": [], "facts": facts}


def trained_and_evaluated():
    """train_and_evaluate in one process, with exporters of all kinds."""
    facts = {}
    receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.zeros([1, 4], name="x")})
    smaller = lambda best_eval_result, current_eval_result: current_eval_result["loss"] < best_eval_result["loss"]
    exporters = [tf.estimator.FinalExporter("final", receiver), tf.estimator.LatestExporter("latest", receiver),
                 tf.estimator.BestExporter("best", receiver, compare_fn=smaller)]
    made = estimator(save_checkpoints_steps=3)
    train = tf.estimator.TrainSpec(inputs, max_steps=7)
    evaluate = tf.estimator.EvalSpec(inputs, steps=1, exporters=exporters, throttle_secs=0)
    with Lines() as lines:
        result, exports = tf.estimator.train_and_evaluate(made, train, evaluate)
    facts["lines"] = [re.sub(r"/\d{10}\b", "/TIME", line) for line in lines]
    facts["result"] = result
    facts["exports"] = [type(path).__name__ for path in exports]
    facts["folders"] = [(name, len(os.listdir("model/export/" + name))) for name in sorted(os.listdir("model/export"))]
    facts["evaluations"] = events_of("model/eval")
    again = tf.estimator.train_and_evaluate(made, train, evaluate)
    facts["again"] = again
    spec, eval_spec = tf.estimator.TrainSpec, tf.estimator.EvalSpec
    facts["specs"] = [train.max_steps, train.hooks, evaluate.steps, evaluate.name, evaluate.start_delay_secs]
    exporter = exporters[0]
    facts["mistakes"] = [
        kind_of(lambda: spec(3)), kind_of(lambda: spec(inputs, max_steps=0)), kind_of(lambda: spec(inputs, hooks=[1])),
        kind_of(lambda: eval_spec(3)), kind_of(lambda: eval_spec(inputs, steps=0)),
        kind_of(lambda: eval_spec(inputs, name=3)), kind_of(lambda: eval_spec(inputs, start_delay_secs=-1)),
        kind_of(lambda: eval_spec(inputs, throttle_secs=-1)), kind_of(lambda: eval_spec(inputs, exporters=[1])),
        kind_of(lambda: eval_spec(inputs, exporters=[exporter, exporter])),
        kind_of(lambda: tf.estimator.train_and_evaluate(3, train, evaluate)),
        kind_of(lambda: tf.estimator.LatestExporter("a", receiver, exports_to_keep=0)),
        kind_of(lambda: tf.estimator.BestExporter("a", receiver, compare_fn=None)),
        kind_of(lambda: tf.estimator.BestExporter("a", receiver, compare_fn=lambda a, b: True))]
    facts["inputs of one kind"] = eval_spec(inputs, exporters=exporter).exporters[0].name
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


def exported():
    """A SavedModel: its files, signatures, graph and values."""
    facts = {}
    made = estimator()
    made.train(inputs, steps=2)
    receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.zeros([1, 4], name="x")})
    with open("extra.txt", "w") as extra:
        extra.write("text")
    with Lines() as lines:
        path = made.export_saved_model("exported", receiver, assets_extra={"a/extra.txt": "extra.txt"})
    facts["lines"] = [re.sub(r"/\d{10}\b", "/TIME", line) for line in lines]
    facts["path"] = [type(path).__name__, path[:9]]
    files = []
    for folder, _, names in os.walk(path.decode()):
        files += [os.path.join(folder, name)[len(path) + 1:] for name in names]
    facts["files"] = sorted(files)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], path.decode())
        for key in sorted(meta.signature_def):
            facts["signature " + key] = meta.signature_def[key]
        add_nodes(facts, "node", graph)
        facts["value"] = session.run("Softmax:0", {"x:0": data()[0][:2]})
    facts["kept"] = [kind_of(lambda: made.export_saved_model("exported", None)),
                     type(made.export_savedmodel("more", receiver, strip_default_attrs=True)).__name__]
    os.remove("extra.txt")
    tf.summary.FileWriterCache.clear()
    for folder in ("model", "exported", "more"):
        shutil.rmtree(folder)
    return {"steps": [], "facts": facts}


def warm_started():
    """Models that begin as others ended."""
    facts = {}
    first = estimator()
    first.train(inputs, steps=3)
    with Lines() as lines:
        second = estimator(folder="second", rate=0.0, warm_start_from="model")
        second.train(inputs, steps=1)
    facts["lines"] = [line for line in lines if "arm" in line]
    facts["all"] = [second.get_variable_value(name) for name in ("hidden/bias", "logits/bias", "global_step")]
    settings = tf.estimator.WarmStartSettings("model", vars_to_warm_start="logits/.*",
                                              var_name_to_prev_var_name={"logits/kernel": "logits/kernel"})
    third = estimator(folder="third", rate=0.0, warm_start_from=settings)
    third.train(inputs, steps=1)
    facts["part"] = [third.get_variable_value(name) for name in ("hidden/bias", "logits/bias")]
    facts["settings"] = settings
    fourth = estimator(folder="fourth", warm_start_from="model")
    facts["evaluated"] = fourth.evaluate(inputs, steps=1)
    facts["no checkpoint"] = kind_of(lambda: tf.estimator.WarmStartSettings(""))
    tf.summary.FileWriterCache.clear()
    for folder in ("model", "second", "third", "fourth"):
        shutil.rmtree(folder)
    return {"steps": [], "facts": facts}


def warm_start():
    """tf.train.warm_start: which variables begin as a checkpoint says."""
    facts = {}

    def variables(value):
        a = tf.get_variable("a", initializer=[value, value])
        b = tf.get_variable("s/b", initializer=[value])
        c = tf.get_variable("c", initializer=value, trainable=False)
        return [a, b, c]

    with tf.Graph().as_default():
        made = variables(5.0)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            tf.train.Saver().save(session, "warm/model.ckpt")

    def started(*args, **options):
        with tf.Graph().as_default():
            made = variables(0.0)
            if "parts" in options:
                made.append(tf.get_variable("p", shape=[2], initializer=tf.zeros_initializer(),
                                            partitioner=options.pop("parts")))
            tf.train.warm_start(*args, **options)
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                return [float(np.sum(session.run(tf.convert_to_tensor(variable)))) for variable in made]

    with Lines() as lines:
        facts["all"] = started("warm")
        facts["by name"] = started("warm/model.ckpt", "a")
        facts["of a list"] = started("warm", ["a", "c"])
        facts["none"] = started("warm", None)
        facts["renamed"] = started("warm", "s/b", var_name_to_prev_var_name={"s/b": "s/b"})
        facts["parts"] = started("warm", ".*", parts=tf.fixed_size_partitioner(2), var_name_to_prev_var_name={"p": "a"})
    facts["lines"] = lines
    facts["mistakes"] = [
        kind_of(lambda: started("warm", "a", var_name_to_prev_var_name={"q": "b"})),
        kind_of(lambda: started("warm", "a", var_name_to_prev_var_name={"a": "none"})),
        kind_of(lambda: started("warm", 3)), kind_of(lambda: started("warm", [3])), kind_of(lambda: started("nowhere"))]
    shutil.rmtree("warm")
    return {"steps": [], "facts": facts}


def from_datasets():
    """Input functions that give datasets."""
    facts = {}

    def batches():
        x, y = data()
        return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).shuffle(30, seed=3).batch(10)

    with Lines() as lines:
        made = estimator()
        made.train(lambda: batches().repeat(2), hooks=[Graphs(facts, "training")])
        values = made.evaluate(batches, hooks=[Graphs(facts, "evaluation")])
        facts["classes"] = [int(row["class"]) for row in made.predict(batches, hooks=[Graphs(facts, "prediction")])]
    facts["values"] = sorted((key, round(float(value), 4)) for key, value in values.items())
    facts["lines"] = lines
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")
    return {"steps": [], "facts": facts}


VARIANTS = {
    "life": life,
    "from_datasets": from_datasets,
    "going_on": going_on,
    "untrained": untrained,
    "arguments": arguments,
    "specs": specs,
    "configs": configs,
    "trained_and_evaluated": trained_and_evaluated,
    "exported": exported,
    "warm_started": warm_started,
    "warm_start": warm_start,
}
