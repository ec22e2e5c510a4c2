"""Handles of variables, and datasets, moved about as elements of tensors: what was moved still names the same thing."""

import tensorflow as tf

raw = tf.raw_ops


def at(x, index):
    """An element of all, in order."""
    return raw.GatherV2(params=raw.Reshape(tensor=x, shape=[-1]), indices=index, axis=0)


def moved(many, one, other, index):
    """Name to a scalar that is one of the four elements of `many`, after a move."""
    square = raw.Reshape(tensor=many, shape=[2, 2])
    yes = tf.constant([True, False, True, False])
    return {
        "gather": raw.GatherV2(params=many, indices=index, axis=0),
        "gather_v1": raw.Gather(params=many, indices=index),
        "gather_nd": raw.GatherNd(params=square, indices=[1, 0]),
        "fill": at(raw.Fill(dims=[3], value=one), 2),
        "broadcast": at(raw.BroadcastTo(input=one, shape=[2, 3]), 4),
        "roll": at(raw.Roll(input=many, shift=1, axis=0), index),
        "split": raw.Reshape(tensor=raw.Split(axis=0, value=many, num_split=4)[3], shape=[]),
        "split_v": raw.Reshape(tensor=raw.SplitV(value=many, size_splits=[1, 3], axis=0, num_split=2)[0], shape=[]),
        "unpack": raw.Unpack(value=many, num=4)[2],
        "pack": at(raw.Pack(values=[other, one]), 0),
        "strided_slice": at(raw.StridedSlice(input=many, begin=[2], end=[3], strides=[1], shrink_axis_mask=1), 0),
        "slice_of_all": at(raw.StridedSlice(input=many, begin=[3], end=[0], strides=[-2]), 1),
        "one_hot": at(raw.OneHot(indices=1, depth=3, on_value=one, off_value=other, axis=-1), 1),
        "partition": at(raw.DynamicPartition(data=many, partitions=[0, 1, 0, 1], num_partitions=2)[1], 1),
        "select": at(raw.Select(condition=yes, x=many, y=raw.Roll(input=many, shift=2, axis=0)), 1),
        "select_v2": at(raw.SelectV2(condition=yes, t=one, e=many), 1),
        "switch": raw.Switch(data=one, pred=tf.constant(True))[1],
        "identity": tf.identity(other),
    }


def handles():
    made = [raw.VarHandleOp(dtype=tf.float32, shape=[], shared_name="v%d" % i, container="") for i in range(4)]
    fill = [raw.AssignVariableOp(resource=handle, value=tf.constant(float(i + 1))) for i, handle in enumerate(made)]
    index = tf.placeholder(tf.int32, [], name="index")
    many = raw.Pack(values=made)
    read = [raw.ReadVariableOp(resource=handle, dtype=tf.float32, name="read_" + name)
            for name, handle in sorted(moved(many, made[0], made[3], index).items())]
    return {"steps": [{"run": fill}, {"fetch": read, "feed": {index: 2}}, {"fetch": read, "feed": {index: 0}}]}


def datasets():
    made = [raw.RangeDataset(start=tf.constant(i, tf.int64), stop=tf.constant(i + 1, tf.int64), step=tf.constant(1, tf.int64),
                             output_types=[tf.int64], output_shapes=[[]]) for i in range(4)]
    index = tf.placeholder(tf.int32, [], name="index")
    many = raw.Pack(values=made)
    moves = moved(many, made[0], made[3], index)
    moves["stitch"] = at(raw.DynamicStitch(indices=[[1, 0], [2, 3]], data=[many[:2], many[2:]]), 0)
    read = [raw.DatasetToSingleElement(dataset=dataset, output_types=[tf.int64], output_shapes=[[]], name="read_" + name)[0]
            for name, dataset in sorted(moves.items())]
    return {"steps": [{"fetch": read, "feed": {index: 2}}, {"fetch": read, "feed": {index: 0}}]}


def kept():
    """A variable that holds datasets, and a tensor array of them."""
    made = [raw.RangeDataset(start=tf.constant(i, tf.int64), stop=tf.constant(i + 1, tf.int64), step=tf.constant(1, tf.int64),
                             output_types=[tf.int64], output_shapes=[[]]) for i in range(3)]
    variable = raw.VarHandleOp(dtype=tf.variant, shape=[2], shared_name="datasets", container="")
    first = raw.AssignVariableOp(resource=variable, value=raw.Pack(values=made[:2]))
    turned = raw.AssignVariableOp(resource=variable, value=raw.Pack(values=[made[2], made[0]]))
    replaced = raw.ResourceScatterUpdate(resource=variable, indices=[1], updates=raw.Pack(values=[made[2]]))

    def element(dataset):
        return raw.DatasetToSingleElement(dataset=dataset, output_types=[tf.int64], output_shapes=[[]])[0]

    read = [element(raw.ResourceGather(resource=variable, indices=i, dtype=tf.variant)) for i in range(2)]
    read.append(element(raw.ResourceGatherNd(resource=variable, indices=[1], dtype=tf.variant)))
    array = raw.TensorArrayV3(size=2, dtype=tf.variant, clear_after_read=False)
    flow = raw.TensorArrayWriteV3(handle=array[0], index=0, value=made[1], flow_in=array[1])
    flow = raw.TensorArrayWriteV3(handle=array[0], index=1, value=made[2], flow_in=flow)
    read.append(element(raw.TensorArrayReadV3(handle=array[0], index=1, flow_in=flow, dtype=tf.variant)))
    both = raw.TensorArrayGatherV3(handle=array[0], indices=[1, 0], flow_in=flow, dtype=tf.variant)
    read.append(element(at(both, 1)))
    return {"steps": [{"run": [first]}, {"fetch": read}, {"run": [turned]}, {"fetch": read}, {"run": [replaced]},
                      {"fetch": read}]}


VARIANTS = {"handles": handles, "datasets": datasets, "kept": kept}
