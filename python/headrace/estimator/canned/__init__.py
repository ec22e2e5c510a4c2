"""The ready models of tf.estimator."""
