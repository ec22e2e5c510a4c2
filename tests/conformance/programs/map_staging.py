import tensorflow as tf
from tensorflow.python.ops import data_flow_ops


def facts_of(area):
    return "%s %s %s %s %s %s" % (area.name, area.dtypes, area.shapes, area.names, area.capacity, area.memory_limit)


def areas(ordered):
    """Elements put in whole and in pieces, looked at, taken out by key and without, whole and in pieces, dropped."""
    area = data_flow_ops.MapStagingArea([tf.float32, tf.int32], shapes=[[2], []], names=["x", "y"], ordered=ordered,
                                        capacity=4)
    key = tf.placeholder(tf.int64, (), name="key")
    x, y = tf.placeholder(tf.float32, (2,), name="x"), tf.constant(3, name="y")
    put, put_x, put_y = area.put(key, {"y": y, "x": x}), area.put(key, {"x": x}), area.put(key, {"y": y}, name="put_y")
    same_key, taken = area.get(key)
    any_key, any_taken = area.get()
    first, first_y = area.peek(key), area.peek(key, indices=["y"], name="first_y")
    taken_x, taken_y = area.get(key, indices=["x"])[1], area.get(indices=[1], name="taken_y")[1]
    size, incomplete, clear = area.size(), area.incomplete_size(), area.clear()
    with tf.name_scope("inside"):
        other = data_flow_ops.MapStagingArea([tf.string, tf.int64], ordered=ordered)
        other_put = other.put(tf.constant(7, tf.int64), [tf.constant(["a", "b"])], [0], name="put_it")
        other_rest = other.put(7, [tf.constant(8, tf.int64)], indices=[1])
        other_key, other_taken = other.get(name="get_it")
    with tf.device("/cpu:0"):
        here_key, here = other.get(indices=[1])
        here_too = other.get(tf.constant(7, tf.int64), [0])
    facts = {"area": facts_of(area), "other": facts_of(other), "put": put.name, "taken": sorted(taken.items()),
             "same_key": same_key is key, "any": [any_key, sorted(any_taken.items())], "first": sorted(first.items()),
             "first_y": first_y, "taken_x": taken_x, "taken_y": taken_y, "other_key": other_key, "here": [here_key, here],
             "clear": clear.name, "here_too": here_too, "other_taken": other_taken}
    both = [taken["x"], taken["y"]]

    def at(number, **more):
        return dict(feed={key: number, x: [number, 2.0]}, **more)

    steps = [at(5, run=[put]), at(5, fetch=[first["x"], first["y"], first_y["y"], size]), at(5, fetch=both),
             at(9, run=[put_x]), {"fetch": [size, incomplete]}, at(9, run=[put_y]), {"fetch": [size, incomplete]},
             {"fetch": [any_key, any_taken["x"]]}, {"fetch": [size]}, at(4, run=[put]), at(4, fetch=[taken_x["x"]]),
             {"fetch": [size]}, {"fetch": [taken_y["y"]]}, {"fetch": [size]}, at(1, run=[put]), at(1, run=[put]),
             at(2, run=[put_x]), {"fetch": [size, incomplete]}, {"run": [clear]}, {"fetch": [size, incomplete]},
             {"run": [other_put]}, {"run": [other_rest]}, {"fetch": here}, {"fetch": [here_too[0], here_too[1][0]]},
             {"run": [other_rest]}, {"run": [other_put]}, {"fetch": [other_key] + other_taken}]
    if ordered:
        steps += [at(3, run=[put]), at(-1, run=[put]), at(8, run=[put]), {"fetch": [any_key]}, {"fetch": [any_key]},
                  {"fetch": [any_key, any_taken["x"]]}]
    return {"steps": steps, "facts": facts}


VARIANTS = {"any": lambda: areas(False), "ordered": lambda: areas(True)}
