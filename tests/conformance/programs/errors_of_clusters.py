import tensorflow as tf


def synchronous(**options):
    return tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1), 3, **options)


def pair():
    v = tf.Variable(1.0, name="v")
    return [(tf.constant(1.0), v)]


@mistake
def together_without_pairs():
    synchronous().apply_gradients([], global_step=tf.train.create_global_step())


@mistake
def together_without_global_step():
    synchronous().apply_gradients(pair())


@mistake
def chief_queue_runner_too_early():
    synchronous().get_chief_queue_runner()


@mistake
def init_tokens_too_early():
    synchronous().get_init_tokens_op()


@mistake
def too_few_init_tokens():
    sync = synchronous(total_num_replicas=1)
    sync.apply_gradients(pair(), global_step=tf.train.create_global_step())
    sync.get_init_tokens_op(num_tokens=1)


@mistake
def sync_hook_too_early():
    with tf.train.MonitoredTrainingSession(hooks=[synchronous().make_session_run_hook(True)]):
        pass


@mistake
def replica_devices_of_a_list():
    tf.train.replica_device_setter(cluster=["a:1"])


@mistake
def replica_devices_of_a_number():
    tf.train.replica_device_setter(ps_tasks=2, ps_strategy=3)


@mistake
def replica_device_without_meaning():
    with tf.device(tf.train.replica_device_setter(ps_tasks=1, worker_device="/nonsense:1:2")):
        tf.constant(1.0)


@mistake
def load_of_two_outputs():
    strategy = tf.contrib.training.GreedyLoadBalancingStrategy(2, tf.contrib.training.byte_size_load_fn)
    with tf.device(tf.train.replica_device_setter(ps_tasks=2, ps_ops=["Unique"], ps_strategy=strategy)):
        tf.unique([1, 2])


@mistake
def load_of_unknown_shape():
    strategy = tf.contrib.training.GreedyLoadBalancingStrategy(2, tf.contrib.training.byte_size_load_fn)
    with tf.device(tf.train.replica_device_setter(ps_tasks=2, ps_strategy=strategy)):
        tf.Variable(tf.placeholder(tf.float32), validate_shape=False)


@mistake
def local_init_without_readiness():
    tf.train.SessionManager(ready_for_local_init_op=tf.constant("x"))


@mistake
def session_that_is_never_ready():
    tf.Variable(1.0, name="v")
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables(), recovery_wait_secs=1)
    manager.wait_for_session("", max_wait_secs=1)


@mistake
def prepared_without_init_op():
    tf.Variable(1.0, name="v")
    tf.train.SessionManager(ready_op=tf.report_uninitialized_variables()).prepare_session("")


@mistake
def services_of_no_chief():
    with tf.Session() as session:
        tf.train.Supervisor(is_chief=False).start_standard_services(session)


@mistake
def task_by_a_name():
    tf.train.ClusterSpec({"ps": {"a": "host:1"}})


@mistake
def task_by_a_fraction():
    tf.train.ClusterSpec({"ps": {1.5: "host:1"}})


@mistake
def task_at_no_address():
    tf.train.ClusterSpec({"ps": {"a": 5}})
