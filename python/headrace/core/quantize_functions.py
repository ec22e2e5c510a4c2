"""Numbers as steps of a range, and back."""

from headrace import _ops
from headrace.core.dtypes import as_dtype


def quantize(input, min_range, max_range, T, mode='MIN_COMBINED', round_mode='HALF_AWAY_FROM_ZERO', name=None):
    """Steps of type T of the range [min_range, max_range], and the range that was taken."""
    return _ops.quantize_v2(input, min_range, max_range, as_dtype(T), mode=mode, round_mode=round_mode, name=name)


def quantize_v2(input, min_range, max_range, T, mode='MIN_COMBINED', name=None, round_mode='HALF_AWAY_FROM_ZERO'):
    """The same as quantize, with its arguments in another order."""
    return quantize(input, min_range, max_range, T, mode, round_mode, name)


def quantize_and_dequantize(input, input_min, input_max, signed_input=True, num_bits=8, range_given=False,
                            round_mode='HALF_TO_EVEN', name=None, narrow_range=False):
    """Numbers rounded to steps of a range, which is that of the numbers unless it is given."""
    return _ops.quantize_and_dequantize_v2(input, input_min, input_max, signed_input=signed_input, num_bits=num_bits,
                                           range_given=range_given, round_mode=round_mode, narrow_range=narrow_range,
                                           name=name)
