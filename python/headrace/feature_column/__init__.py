"""Columns: how a model reads the features of its examples."""

from headrace.core.public import export as _export
from headrace.feature_column.categorical import (  # noqa: F401
    categorical_column_with_hash_bucket, categorical_column_with_identity, categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list, crossed_column, weighted_categorical_column)
from headrace.feature_column.embeddings import (  # noqa: F401
    embedding_column, indicator_column, shared_embedding_columns)
from headrace.feature_column.layers import input_layer, linear_model, make_parse_example_spec  # noqa: F401
from headrace.feature_column.numeric import bucketized_column, numeric_column  # noqa: F401
from headrace.feature_column.sequences import (  # noqa: F401
    sequence_categorical_column_with_hash_bucket, sequence_categorical_column_with_identity,
    sequence_categorical_column_with_vocabulary_file, sequence_categorical_column_with_vocabulary_list,
    sequence_numeric_column)

_export(globals())
