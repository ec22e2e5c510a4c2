"""Input pipelines: what `tf.data` consists of."""
