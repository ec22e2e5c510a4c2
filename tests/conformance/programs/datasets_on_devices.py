"""Datasets whose elements come from a pipeline on another device."""

import numpy as np
import tensorflow as tf

exp = tf.data.experimental


def pipeline():
    return tf.data.Dataset.range(4).map(lambda x: {"twice": x * 2, "text": tf.as_string(x)})


def first_steps(iterator, following):
    fetches = [following["text"], following["twice"]]
    return {"steps": ([{"run": [iterator.initializer]}] if iterator else []) + [{"fetch": fetches}] * 4}


def copied():
    dataset = pipeline().apply(exp.copy_to_device("/cpu:0"))
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    program = first_steps(iterator, iterator.get_next())
    program["facts"] = {"types": str(sorted(tf.compat.v1.data.get_output_types(dataset).items())),
                        "shapes": str(sorted(tf.compat.v1.data.get_output_shapes(dataset).items()))}
    return program


def of_one_shot():
    """The generator and what it reads are copied into the iterator's function."""
    dataset = pipeline().apply(exp.copy_to_device("/device:CPU:0", "/job:localhost/cpu:0"))
    return first_steps(None, tf.compat.v1.data.make_one_shot_iterator(dataset).get_next())


def ahead():
    dataset = pipeline().apply(exp.prefetch_to_device("/cpu:0", 3))
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    other = tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(3).apply(exp.prefetch_to_device("")))
    program = first_steps(iterator, iterator.get_next())
    program["steps"].append({"fetch": [other.get_next()]})
    return program


def of_tables():
    """What the pipeline reads of the graph around; and maps behind the copy."""
    start = tf.compat.v1.placeholder(tf.int64, [], "start")
    rows = tf.data.Dataset.range(start, start + 6).batch(2).map(lambda row: row * start)
    dataset = rows.apply(exp.copy_to_device("/cpu:0")).map(lambda row: tf.cast(row, tf.float32) / 2)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    begin = [{"run": [iterator.initializer], "feed": {start: np.int64(n)}} for n in (3, 5)]
    return {"steps": [begin[0], {"fetch": [following]}, {"fetch": [following]}, begin[1], {"fetch": [following]}]}


def between_devices():
    """From one CPU to the other, twice over; where the pipeline is on none of the process, elements are an error."""
    facts = {}
    for target, source in (("/cpu:1", "/cpu:0"), ("/cpu:0", "/cpu:1"), ("/cpu:1", "/cpu:1"), ("/cpu:0", "/cpu:7")):
        graph = tf.Graph()
        with graph.as_default():
            dataset = tf.data.Dataset.range(3).apply(exp.copy_to_device(target, source))
            iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
            following = iterator.get_next()
            device = dataset._variant_tensor.device
        with tf.compat.v1.Session(graph=graph, config=tf.compat.v1.ConfigProto(device_count={"CPU": 2})) as session:
            values = []
            for _ in range(2):
                session.run(iterator.initializer)
                while True:
                    try:
                        values.append(session.run(following))
                    except tf.errors.OutOfRangeError:
                        break
                    except tf.errors.InternalError as error:
                        values.append(str(error).splitlines()[0])
                        break
            facts[target + source] = str((device, [str(value) for value in values]))
    return {"steps": [], "facts": facts}


def of_graph_ops():
    """The ops by themselves."""
    dataset = tf.data.Dataset.range(3)
    wrapped = tf.raw_ops.WrapDatasetVariant(input_handle=dataset._variant_tensor)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    size = tf.raw_ops.ExperimentalDatasetCardinality(
        input_dataset=tf.raw_ops.UnwrapDatasetVariant(input_handle=wrapped))
    device = tf.raw_ops.IteratorGetDevice(resource=iterator._iterator_resource)
    return {"steps": [{"fetch": [size, device]}], "facts": {"shapes": str((wrapped.shape, device.shape))}}


VARIANTS = {function.__name__: function for function in (
    copied, of_one_shot, ahead, of_tables, between_devices, of_graph_ops)}
