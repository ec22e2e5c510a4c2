"""Which part of a whole a partitioned variable's part is: `tf.Variable.SaveSliceInfo`."""


class SaveSliceInfo:
    """How a part is saved: as a slice of a tensor in the checkpoint."""

    def __init__(self, full_name=None, full_shape=None, var_offset=None, var_shape=None, save_slice_info_def=None,
                 import_scope=None):
        """
        Args:
          full_name: the name of the whole.
          full_shape: its shape, a list.
          var_offset: where the part begins, along each axis.
          var_shape: the part's shape.
          save_slice_info_def: a message, in place of these.
          import_scope: a name scope that stands before the message's name.
        """
        if save_slice_info_def is not None:
            message = save_slice_info_def
            full_name = f'{import_scope}/{message.full_name}' if import_scope else message.full_name
            full_shape, var_offset, var_shape = (list(sizes) for sizes in (message.full_shape, message.var_offset,
                                                                           message.var_shape))
        self.full_name, self.full_shape, self.var_offset, self.var_shape = full_name, full_shape, var_offset, var_shape

    @property
    def spec(self):
        """The slice as checkpoints' operations take it: '4 3 0,2:0,3'."""
        sizes = ' '.join(str(size) for size in self.full_shape)
        return sizes + ' ' + ':'.join(f'{offset},{size}' for offset, size in zip(self.var_offset, self.var_shape))

    def to_proto(self, export_scope=None):
        """The SaveSliceInfoDef; None where the whole is not in the name scope `export_scope`."""
        from headrace.core.protos import SaveSliceInfoDef
        name = self.full_name
        if export_scope is not None:
            if not name.startswith(export_scope):
                return None
            name = name[len(export_scope):].lstrip('/')
        return SaveSliceInfoDef(full_name=name, full_shape=self.full_shape, var_offset=self.var_offset,
                                var_shape=self.var_shape)
