"""What TensorFlow keeps beside its sessions."""
