"""Activation functions by name."""

_NAMES = ('elu', 'softmax', 'selu', 'softplus', 'softsign', 'relu', 'tanh', 'sigmoid')


def linear(x):
    """`x` as it is."""
    return x


linear.is_linear = True


def activation_of(identifier):
    """The function of a name; `linear` for None; a function as it is."""
    if identifier is None or identifier == 'linear':
        return linear
    if callable(identifier):
        return identifier
    if identifier in _NAMES:
        from headrace import nn
        return getattr(nn, identifier)
    raise ValueError(f'Unknown activation function:{identifier}')
