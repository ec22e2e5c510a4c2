"""Modules of operations, where TensorFlow's programs import them from."""
