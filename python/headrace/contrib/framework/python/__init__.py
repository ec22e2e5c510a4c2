"""Modules at the places where TensorFlow's programs import them from."""
