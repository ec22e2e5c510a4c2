"""What a model offers to those who serve it: each output becomes a signature of a SavedModel."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.saved_model.signature_def_utils import (
    classification_signature_def, predict_signature_def, regression_signature_def)

__all__ = ['ExportOutput', 'ClassificationOutput', 'RegressionOutput', 'PredictOutput']


class ExportOutput:
    """An output; subclasses say of which kind."""

    def as_signature_def(self, receiver_tensors):
        """The SignatureDef of the output, for inputs that are a dict of tensors."""
        raise NotImplementedError


def _is_tensor(value, test=None):
    return isinstance(value, _c.Tensor) and (test is None or test(value.dtype))


def _is_string(dtype):
    return dtype == dtypes.string


def _only_text(receiver_tensors, kind):
    """The only input, which must be of strings."""
    values = list(receiver_tensors.values())
    if len(values) != 1 or not _is_string(values[0].dtype):
        raise ValueError(f'{kind} input must be a single string Tensor; got {receiver_tensors}')
    return values[0]


class ClassificationOutput(ExportOutput):
    """Classes of examples: their names, the scores of each, or both."""

    def __init__(self, scores=None, classes=None):
        """`scores`: a float tensor, or None; `classes`: a string tensor, or None. ValueError for others, and for nothing."""
        if scores is not None and not _is_tensor(scores, lambda dtype: dtype.is_floating):
            raise ValueError(f'Classification scores must be a float32 Tensor; got {scores}')
        if classes is not None and not _is_tensor(classes, _is_string):
            raise ValueError(f'Classification classes must be a string Tensor; got {classes}')
        if scores is None and classes is None:
            raise ValueError('At least one of scores and classes must be set.')
        self._scores, self._classes = scores, classes

    @property
    def scores(self):
        """A float tensor, or None."""
        return self._scores

    @property
    def classes(self):
        """A string tensor, or None."""
        return self._classes

    def as_signature_def(self, receiver_tensors):
        examples = _only_text(receiver_tensors, 'Classification')
        return classification_signature_def(examples, self._classes, self._scores)


class RegressionOutput(ExportOutput):
    """A number for each example."""

    def __init__(self, value):
        """`value`: a float tensor. ValueError for others."""
        if not _is_tensor(value, lambda dtype: dtype.is_floating):
            raise ValueError(f'Regression output value must be a float32 Tensor; got {value}')
        self._value = value

    @property
    def value(self):
        """A float tensor."""
        return self._value

    def as_signature_def(self, receiver_tensors):
        return regression_signature_def(_only_text(receiver_tensors, 'Regression'), self._value)


class PredictOutput(ExportOutput):
    """Any tensors."""

    def __init__(self, outputs):
        """`outputs`: a dict of tensors, or a tensor, which is called 'output'. ValueError for others."""
        if not isinstance(outputs, dict):
            outputs = {'output': outputs}
        self._outputs = {}
        for key, value in outputs.items():
            name = '/'.join(map(str, key)) if isinstance(key, tuple) else key
            if not isinstance(name, str):
                raise ValueError(f'Prediction output key must be a string; got {key}.')
            if not _is_tensor(value):
                raise ValueError(f'Prediction output value must be a Tensor; got {value}.')
            self._outputs[name] = value

    @property
    def outputs(self):
        """A dict of tensors."""
        return self._outputs

    def as_signature_def(self, receiver_tensors):
        return predict_signature_def(receiver_tensors, self._outputs)
