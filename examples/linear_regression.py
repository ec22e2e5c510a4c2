"""Fits a line to six points: builds a graph, differentiates it, trains it. linear_regression.c is its twin in C."""

import headrace as tf

xs, ys = [0, 1, 2, 3, 4, 5], [1.1, 2.9, 5.2, 6.8, 9.1, 10.9]
x = tf.constant(xs, tf.float32, name='x')
y = tf.constant(ys, tf.float32, name='y')
slope, offset = tf.Variable(0.0, name='slope'), tf.Variable(0.0, name='offset')
error = slope * x + offset - y
loss = tf.reduce_mean(tf.square(error), name='loss')

d = tf.gradients(loss, [slope, offset])  # d loss / d slope, d loss / d offset: nodes of the same graph
down_slope = tf.assign_sub(slope, 0.05 * d[0])
down_offset = tf.assign_sub(offset, 0.05 * d[1])
train = tf.group(down_slope, down_offset)
initialize = tf.global_variables_initializer()

with tf.Session() as session:
    session.run(initialize)
    for step in range(500):
        session.run(train)
    print('y = {:.2f} x + {:.2f}, loss {:.4f}'.format(*session.run([slope, offset, loss])))
