"""What a ready model reads of Example messages."""

from headrace.core import dtypes
from headrace.core.parsing_config import FixedLenFeature
from headrace.feature_column.layers import make_parse_example_spec
from headrace.feature_column.numeric import NumericColumn, numeric_column

__all__ = ['classifier_parse_example_spec', 'regressor_parse_example_spec']


def classifier_parse_example_spec(feature_columns, label_key, label_dtype=dtypes.int64, label_default=None,
                                  weight_column=None):
    """The features, the label and the weights that a classifier reads: a dict for `tf.parse_example`.

    Args:
      feature_columns: the model's columns.
      label_key: the name of the label.
      label_dtype: of the label.
      label_default: the label of examples without one.
      weight_column: the name of the weights, or a column of them.

    Returns:
      A dict. ValueError where label or weights are among the features.
    """
    return _spec(feature_columns, label_key, FixedLenFeature((1,), label_dtype, label_default), weight_column)


def regressor_parse_example_spec(feature_columns, label_key, label_dtype=dtypes.float32, label_default=None,
                                 label_dimension=1, weight_column=None):
    """The same of a regressor, whose labels have `label_dimension` numbers."""
    return _spec(feature_columns, label_key, FixedLenFeature((label_dimension,), label_dtype, label_default), weight_column)


def _spec(feature_columns, label_key, label_spec, weight_column):
    spec = make_parse_example_spec(feature_columns)
    if label_key in spec:
        raise ValueError(f'label should not be used as feature. label_key: {label_key}, features: {spec.keys()}')
    spec[label_key] = label_spec
    if weight_column is None:
        return spec
    if isinstance(weight_column, str):
        weight_column = numeric_column(weight_column)
    if not isinstance(weight_column, NumericColumn):
        raise ValueError('weight_column should be an instance of tf.feature_column.numeric_column. '
                         f'Given type: {type(weight_column)} value: {weight_column}')
    if weight_column.key in spec:
        raise ValueError('weight_column should not be used as feature. '
                         f'weight_column: {weight_column.key}, features: {spec.keys()}')
    spec.update(weight_column.parse_example_spec)
    return spec
