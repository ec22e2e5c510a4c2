"""Keys and method names of signatures, by convention."""

CLASSIFY_INPUTS = 'inputs'
CLASSIFY_METHOD_NAME = 'tensorflow/serving/classify'
CLASSIFY_OUTPUT_CLASSES = 'classes'
CLASSIFY_OUTPUT_SCORES = 'scores'
DEFAULT_SERVING_SIGNATURE_DEF_KEY = 'serving_default'
PREDICT_INPUTS = 'inputs'
PREDICT_METHOD_NAME = 'tensorflow/serving/predict'
PREDICT_OUTPUTS = 'outputs'
REGRESS_INPUTS = 'inputs'
REGRESS_METHOD_NAME = 'tensorflow/serving/regress'
REGRESS_OUTPUTS = 'outputs'
