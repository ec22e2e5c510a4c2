import tensorflow as tf

import gzip
import os
import struct

import numpy as np

from tensorflow.contrib.layers import fully_connected
from tensorflow.examples.tutorials.mnist import input_data


def written(folder, train=60, test=20):
    """Four small files in MNIST's form."""
    random = np.random.RandomState(11)
    os.makedirs(folder)
    for name, count in (("train", train), ("t10k", test)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        images = random.randint(0, 40, (count, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels):
            image[2 * label:2 * label + 4, 4:24] += 200
        with gzip.open("%s/%s-images-idx3-ubyte.gz" % (folder, name), "wb") as stream:
            stream.write(struct.pack(">IIII", 2051, count, 28, 28) + images.tobytes())
        with gzip.open("%s/%s-labels-idx1-ubyte.gz" % (folder, name), "wb") as stream:
            stream.write(struct.pack(">II", 2049, count) + labels.tobytes())


def removed(folder):
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    os.rmdir(folder)


def ends(array):
    return [array.shape, array.dtype.name, float(array.sum()), array.reshape(-1)[:3]]


def helper():
    """read_data_sets and next_batch: splits, scaling, shuffling by NumPy's generator, ends of epochs."""
    written("data")
    mnist = input_data.read_data_sets("data", validation_size=10)
    facts = {name: [part.num_examples, ends(part.images), part.labels[:5], part.epochs_completed]
             for name, part in (("train", mnist.train), ("validation", mnist.validation), ("test", mnist.test))}
    np.random.seed(42)
    for number in range(4):
        images, labels = mnist.train.next_batch(20)
        facts["batch %d" % number] = [ends(images), labels, mnist.train.epochs_completed]
    images, labels = mnist.test.next_batch(5, shuffle=False)
    facts["in order"] = labels
    one_hot = input_data.read_data_sets("data", one_hot=True, reshape=False, dtype=tf.uint8, validation_size=0, seed=3)
    facts["one hot"] = [ends(one_hot.train.images), one_hot.train.labels[:2], one_hot.validation.num_examples]
    removed("data")
    tf.constant(0)
    return {"steps": [], "facts": facts}


def chapter_10(layer):
    """The network of chapter 10, small: construction, mini-batches, accuracy, checkpoint, use."""
    def build():
        tf.set_random_seed(42)
        written("data", 200, 40)
        mnist = input_data.read_data_sets("data", validation_size=50)
        removed("data")
        X = tf.placeholder(tf.float32, shape=(None, 28 * 28), name="X")
        y = tf.placeholder(tf.int64, shape=(None), name="y")
        with tf.name_scope("dnn"):
            hidden1 = layer(X, 30, "hidden1", True)
            hidden2 = layer(hidden1, 10, "hidden2", True)
            logits = layer(hidden2, 10, "outputs", False)
        with tf.name_scope("loss"):
            xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_mean(xentropy, name="loss")
        with tf.name_scope("train"):
            optimizer = tf.train.GradientDescentOptimizer(0.05)
            training_op = optimizer.minimize(loss)
        with tf.name_scope("eval"):
            correct = tf.nn.in_top_k(logits, y, 1)
            accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
        init = tf.global_variables_initializer()
        saver = tf.train.Saver()
        facts = {}
        np.random.seed(7)
        with tf.Session() as sess:
            init.run()
            for epoch in range(2):
                for iteration in range(mnist.train.num_examples // 50):
                    X_batch, y_batch = mnist.train.next_batch(50)
                    sess.run(training_op, feed_dict={X: X_batch, y: y_batch})
                facts["epoch %d" % epoch] = [accuracy.eval(feed_dict={X: X_batch, y: y_batch}),
                                             accuracy.eval(feed_dict={X: mnist.test.images, y: mnist.test.labels})]
            save_path = saver.save(sess, "./my_model_final.ckpt")
            before = loss.eval({X: mnist.test.images, y: mnist.test.labels})
        with tf.Session() as sess:
            saver.restore(sess, save_path)
            Z = logits.eval(feed_dict={X: mnist.test.images[:10]})
            facts["classes"] = np.argmax(Z, axis=1)
            facts["as before"] = bool(before == loss.eval({X: mnist.test.images, y: mnist.test.labels}))
        for name in os.listdir("."):
            if "ckpt" in name or name == "checkpoint":
                os.remove(name)
        return {"steps": [], "facts": facts}
    return build


def neuron_layer(X, n_neurons, name, is_hidden):
    with tf.name_scope(name):
        n_inputs = int(X.get_shape()[1])
        stddev = 2 / np.sqrt(n_inputs)
        init = tf.truncated_normal((n_inputs, n_neurons), stddev=stddev)
        W = tf.Variable(init, name="weights")
        b = tf.Variable(tf.zeros([n_neurons]), name="biases")
        z = tf.matmul(X, W) + b
        return tf.nn.relu(z) if is_hidden else z


VARIANTS = {
    "helper": helper,
    "neuron_layer": chapter_10(neuron_layer),
    "fully_connected": chapter_10(lambda X, n, name, is_hidden: fully_connected(
        X, n, scope=name, activation_fn=tf.nn.relu if is_hidden else None)),
    "dense": chapter_10(lambda X, n, name, is_hidden: tf.layers.dense(
        X, n, name=name, activation=tf.nn.relu if is_hidden else None)),
}
