"""What a layer asks of its inputs."""

from headrace.core import dtypes, nest
from headrace.core.shapes import TensorShape


class InputSpec:
    """The dtype, rank, shape, or sizes of axes (`{axis: size}`) that a layer's input must have; None: any."""

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None):
        self.dtype = dtypes.as_dtype(dtype).name if dtype is not None else None
        if shape is not None:
            shape = tuple(TensorShape(shape).as_list())
        self.shape, self.ndim = shape, len(shape) if shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (ValueError, TypeError):
            raise TypeError('The keys in axes must be integers.') from None
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            last = (self.ndim if self.ndim is not None else self.max_ndim) - 1
            if max(self.axes) > last:
                raise ValueError(f'Axis {max(self.axes)} is greater than the maximum allowed value: {last}')

    def __repr__(self):
        parts = [f'dtype={self.dtype}' if self.dtype else '', f'shape={self.shape}' if self.shape else '',
                 f'ndim={self.ndim}' if self.ndim else '', f'max_ndim={self.max_ndim}' if self.max_ndim else '',
                 f'min_ndim={self.min_ndim}' if self.min_ndim else '', f'axes={self.axes}' if self.axes else '']
        return 'InputSpec(%s)' % ', '.join(part for part in parts if part)

    def get_config(self):
        """The arguments that make an equal one."""
        return {'dtype': self.dtype, 'shape': self.shape, 'ndim': self.ndim, 'max_ndim': self.max_ndim,
                'min_ndim': self.min_ndim, 'axes': self.axes}

    @classmethod
    def from_config(cls, config):
        """The one of such arguments."""
        return cls(**config)


def check_inputs(spec, inputs, layer_name):
    """ValueError where inputs are not as an InputSpec, or a list of them, says."""
    if not spec:
        return
    inputs, specs = nest.flatten(inputs), nest.flatten(spec)
    if len(inputs) != len(specs):
        raise ValueError(f'Layer {layer_name} expects {len(specs)} inputs, but it received {len(inputs)} input '
                         f'tensors. Inputs received: {inputs}')
    for index, (x, wanted) in enumerate(zip(inputs, specs)):
        if wanted is not None:
            _check_input(wanted, x, f'Input {index} of layer {layer_name} is incompatible with the layer: ')


def _check_input(spec, x, prefix):
    rank = x.shape.ndims
    if rank is None:
        if spec.ndim is not None or spec.min_ndim is not None or spec.max_ndim is not None or spec.axes:
            raise ValueError(f'{prefix}its rank is undefined, but the layer requires a defined rank.')
        return
    shape = x.shape.as_list()
    if spec.ndim is not None and rank != spec.ndim:
        raise ValueError(f'{prefix}expected ndim={spec.ndim}, found ndim={rank}. Full shape received: {shape}')
    if spec.max_ndim is not None and rank > spec.max_ndim:
        raise ValueError(f'{prefix}expected max_ndim={spec.max_ndim}, found ndim={rank}')
    if spec.min_ndim is not None and rank < spec.min_ndim:
        raise ValueError(f'{prefix}: expected min_ndim={spec.min_ndim}, found ndim={rank}. Full shape received: '
                         f'{shape}')
    if spec.dtype is not None and x.dtype.base_dtype.name != spec.dtype:
        raise ValueError(f'{prefix}expected dtype={spec.dtype}, found dtype={x.dtype}')
    for axis, size in spec.axes.items():
        size = getattr(size, 'value', size)
        if size is not None and shape[int(axis)] not in (size, None):
            raise ValueError(f'{prefix}expected axis {axis} of input shape to have value {size} but received input '
                             f'with shape {shape}')
    for wanted, size in zip(spec.shape or (), shape):
        if wanted is not None and size is not None and wanted != size:
            raise ValueError(f'{prefix}expected shape={spec.shape}, found shape={shape}')
