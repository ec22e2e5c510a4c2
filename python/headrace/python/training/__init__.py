"""Modules of training, where TensorFlow's programs import them from."""
