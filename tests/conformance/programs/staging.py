import tensorflow as tf


def facts_of(area):
    return "%s %s %s %s %s %s" % (area.name, area.dtypes, area.shapes, area.names, area.capacity, area.memory_limit)


def areas():
    """Put in, looked at, taken out, dropped; with names and devices."""
    area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2], []], names=["x", "y"], capacity=3)
    x, y = tf.placeholder(tf.float32, (2,), name="x"), tf.constant(3, name="y")
    put, taken, first, second = area.put({"y": y, "x": x}), area.get(), area.peek(0), area.peek(1, name="second")
    size, clear = area.size(), area.clear()
    with tf.name_scope("inside"):
        other = tf.contrib.staging.StagingArea([tf.string])
        other_put, other_taken = other.put(tf.constant(["a", "b"]), name="put_it"), other.get(name="get_it")
    with tf.device("/cpu:0"):
        here = other.get()
    shared = tf.contrib.staging.StagingArea([tf.string], shared_name=other.name, memory_limit=1000)
    shared_size = shared.size(name="how_many")
    facts = {"area": facts_of(area), "other": facts_of(other), "shared": facts_of(shared), "put": put.name,
             "taken": sorted(taken.items()), "here": here, "other_taken": other_taken, "clear": clear.name}
    both = [taken["x"], taken["y"]]
    steps = [{"run": [put], "feed": {x: [1.0, 2.0]}}, {"run": [put], "feed": {x: [3.0, 4.0]}},
             {"fetch": [size, first["x"], second["x"]]}, {"fetch": both}, {"fetch": [size]},
             {"run": [put], "feed": {x: [5.0, 6.0]}}, {"fetch": [taken["x"]]}, {"run": [clear]}, {"fetch": [size]},
             {"run": [other_put]}, {"run": [other_put]}, {"fetch": [shared_size]}, {"fetch": here}, {"fetch": other_taken},
             {"fetch": [shared_size]}]
    return {"steps": steps, "facts": facts}


def ahead_of_the_step():
    """The next batch is put in while the one before is worked with."""
    area = tf.contrib.staging.StagingArea([tf.float32], shapes=[[3]])
    number = tf.get_variable("number", (), tf.float32, tf.zeros_initializer(), trainable=False)
    batch = tf.fill([3], tf.assign_add(number, 1.0))
    put = area.put([batch])
    total = tf.reduce_sum(area.get()[0])
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [put]}, {"fetch": [total], "run": [put]},
                      {"fetch": [total], "run": [put]}, {"fetch": [total]}]}


VARIANTS = {"areas": areas, "ahead_of_the_step": ahead_of_the_step}
