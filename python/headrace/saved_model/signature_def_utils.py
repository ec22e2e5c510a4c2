"""Signatures: how a SavedModel is used, as names and tensors of inputs and outputs."""

from headrace import _headrace as _c
from headrace.core.graph import convert_to_tensor as _convert_to_tensor
from headrace.core.public import export


def build_signature_def(inputs=None, outputs=None, method_name=None):
    """A SignatureDef.

    Args:
      inputs, outputs: dicts from names to TensorInfo messages.
      method_name: what the signature is for.
    """
    from headrace.core.protos import SignatureDef
    signature = SignatureDef()
    for infos, given in ((signature.inputs, inputs), (signature.outputs, outputs)):
        for key, info in (given or {}).items():
            infos[key].CopyFrom(info)
    if method_name is not None:
        signature.method_name = method_name
    return signature


def _parsed(serialized):
    from headrace.core.protos import SignatureDef
    return SignatureDef.FromString(serialized)


def _tensors(values):
    return {key: _convert_to_tensor(value) for key, value in (values or {}).items()}


def predict_signature_def(inputs, outputs):
    """The signature of a prediction: dicts from names to tensors. ValueError where either is empty."""
    return _parsed(_c.predict_signature_def(_tensors(inputs), _tensors(outputs)))


def classification_signature_def(examples, classes, scores):
    """The signature of a classification.

    Args:
      examples: a string tensor of serialized Example messages.
      classes: a string tensor, or None.
      scores: a float tensor, or None.

    Raises:
      ValueError: `examples` or both others are missing, or a dtype is another.
    """
    return _parsed(_c.classification_signature_def(examples, classes, scores))


def regression_signature_def(examples, predictions):
    """The signature of a regression: string examples and float predictions. ValueError for others."""
    return _parsed(_c.regression_signature_def(examples, predictions))


def is_valid_signature(signature_def):
    """Whether a SignatureDef is a prediction, classification or regression as its method name asks."""
    return signature_def is not None and _c.is_valid_signature(signature_def.SerializeToString())


export(globals())
