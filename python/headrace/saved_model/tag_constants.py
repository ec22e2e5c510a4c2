"""Tags of the graphs in a SavedModel, by convention."""

GPU = 'gpu'
SERVING = 'serve'
TPU = 'tpu'
TRAINING = 'train'
