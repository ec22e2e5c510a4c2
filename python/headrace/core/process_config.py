"""What `tf.config` says about sessions that get no ConfigProto of their own."""

import collections

from headrace import _headrace as _c

PhysicalDevice = collections.namedtuple('PhysicalDevice', ['name', 'device_type'])
LogicalDevice = collections.namedtuple('LogicalDevice', ['name', 'device_type'])

_TYPES = ('CPU', 'GPU')


class VirtualDeviceConfiguration(collections.namedtuple('VirtualDeviceConfiguration', ['memory_limit'])):
    """What a physical device is divided into: one logical device, with at most `memory_limit` megabytes (None: all)."""

    def __new__(cls, memory_limit=None):
        return super().__new__(cls, memory_limit)


class ProcessConfig:
    """The state behind `tf.config`. Devices are fixed once they were listed as logical ones."""

    def __init__(self):
        self.is_set = self.is_fixed = False
        self.soft_placement = self.log_placement = False
        self.inter_threads = self.intra_threads = None
        self.jit, self.rewrites = None, {}
        self.is_synchronous, self.policy = True, 'silent'
        self.visible, self.growth, self.virtual = None, {}, {}

    # Devices ----------------------------------------------------------------------------------------------------------

    def physical(self, device_type=None):
        """The devices of the machine."""
        return [PhysicalDevice(f'/physical_device:{kind}:{number}', kind) for kind in _TYPES
                if device_type in (None, kind) for number in range(_c.device_count(kind))]

    def check(self, device):
        """ValueError for a device that the machine does not have."""
        if device not in self.physical():
            raise ValueError(f'Unrecognized device: {device!r}')

    def change(self, attribute, value, what):
        """Sets what devices depend on; RuntimeError once they are fixed."""
        if getattr(self, attribute) == value:
            return
        if self.is_fixed:
            raise RuntimeError(f'{what} cannot be modified after initialization.')
        self.set(attribute, value)

    def set(self, attribute, value):
        """Sets something, which makes the configuration one that sessions ask for."""
        setattr(self, attribute, value)
        self.is_set = True

    def seen(self, device_type=None):
        """The visible devices."""
        devices = self.physical() if self.visible is None else self.visible
        return [device for device in devices if device_type in (None, device.device_type)]

    def logical(self, device_type=None):
        """The devices of a session; fixes them."""
        import headrace as tf

        self.is_fixed = True
        with tf.Session(graph=tf.Graph(), config=self.message()) as session:
            return [LogicalDevice(device.name, device.device_type) for device in session.list_devices()
                    if device_type in (None, device.device_type)]

    # For sessions -----------------------------------------------------------------------------------------------------

    def message(self):
        """The ConfigProto of sessions that get none; None where nothing was said."""
        if not self.is_set:
            return None
        from headrace.core import protos

        config = protos.ConfigProto(allow_soft_placement=self.soft_placement, log_device_placement=self.log_placement)
        if self.intra_threads is not None:
            config.intra_op_parallelism_threads = self.intra_threads
        if self.inter_threads is not None:
            config.inter_op_parallelism_threads = self.inter_threads
        self._write_rewrites(config.graph_options)
        config.device_count['CPU'] = sum(len(self.virtual.get(device) or [None]) for device in self.seen('CPU'))
        self._write_gpus(config)
        return config

    def _write_rewrites(self, options):
        if self.jit is not None:
            levels = options.optimizer_options
            levels.global_jit_level = levels.ON_1 if self.jit else levels.OFF
        rewrite = options.rewrite_options
        for name, value in self.rewrites.items():
            if name in TOGGLES:
                value = rewrite.ON if value else rewrite.OFF
            setattr(rewrite, name, value)

    def _write_gpus(self, config):
        gpus = self.seen('GPU')
        config.device_count['GPU'] = len(gpus)
        if not gpus:
            return
        numbers = [device.name.rpartition(':')[2] for device in gpus]
        config.gpu_options.visible_device_list = ','.join(numbers)
        growth = {self.growth.get(device) for device in gpus}
        if len(growth) > 1:
            raise ValueError('Memory growth cannot differ between GPU devices')
        if growth == {True}:
            config.gpu_options.allow_growth = True


TOGGLES = ('layout_optimizer', 'constant_folding', 'shape_optimization', 'remapping', 'arithmetic_optimization',
           'dependency_optimization', 'loop_optimization', 'function_optimization', 'debug_stripper',
           'scoped_allocator_optimization', 'pin_to_host_optimization', 'implementation_selector',
           'auto_mixed_precision')
SWITCHES = ('disable_model_pruning', 'disable_meta_optimizer')

state = ProcessConfig()
