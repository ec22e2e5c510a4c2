"""Elements of datasets on other devices."""

from headrace import _headrace as _c
from headrace.core.data.options import Options
from headrace.core.device_spec import DeviceSpec


def prefetch_to_device(device, buffer_size=None):
    """Elements made ahead on a device: the end of a pipeline.

    Args:
      device: its name.
      buffer_size: how many; None: as many as suit.
    """
    return lambda dataset: dataset.apply(copy_to_device(device)).prefetch(buffer_size)


def copy_to_device(target_device, source_device='/cpu:0'):
    """The elements on another device than that of the pipeline so far.

    Args:
      target_device: the name of the device that the elements come to.
      source_device: that of the pipeline so far.
    """

    def apply(dataset):
        DeviceSpec.from_string(target_device)
        options = Options()
        options.experimental_optimization.apply_default_optimizations = False
        options.experimental_optimization.autotune = False
        variant = _c.dataset_copy_to_device(dataset._variant, target_device, source_device)
        return dataset._like(variant).with_options(options)

    return apply
