"""Collections of a graph: their standard names, and lists that follow them."""

__all__ = ['GraphKeys']


class GraphKeys:
    """The names of the standard collections."""

    GLOBAL_VARIABLES = 'variables'
    VARIABLES = 'variables'
    LOCAL_VARIABLES = 'local_variables'
    METRIC_VARIABLES = 'metric_variables'
    MODEL_VARIABLES = 'model_variables'
    TRAINABLE_VARIABLES = 'trainable_variables'
    SUMMARIES = 'summaries'
    QUEUE_RUNNERS = 'queue_runners'
    TABLE_INITIALIZERS = 'table_initializer'
    ASSET_FILEPATHS = 'asset_filepaths'
    MOVING_AVERAGE_VARIABLES = 'moving_average_variables'
    REGULARIZATION_LOSSES = 'regularization_losses'
    CONCATENATED_VARIABLES = 'concatenated_variables'
    SAVERS = 'savers'
    WEIGHTS = 'weights'
    BIASES = 'biases'
    ACTIVATIONS = 'activations'
    UPDATE_OPS = 'update_ops'
    LOSSES = 'losses'
    SAVEABLE_OBJECTS = 'saveable_objects'
    RESOURCES = 'resources'
    LOCAL_RESOURCES = 'local_resources'
    TRAINABLE_RESOURCE_VARIABLES = 'trainable_resource_variables'
    INIT_OP = 'init_op'
    LOCAL_INIT_OP = 'local_init_op'
    READY_OP = 'ready_op'
    READY_FOR_LOCAL_INIT_OP = 'ready_for_local_init_op'
    SUMMARY_OP = 'summary_op'
    GLOBAL_STEP = 'global_step'
    EVAL_STEP = 'eval_step'
    TRAIN_OP = 'train_op'
    COND_CONTEXT = 'cond_context'
    WHILE_CONTEXT = 'while_context'
    _SUMMARY_COLLECTION = '_SUMMARY_V2'


class CollectionList(list):
    """A collection that the program may change in place: it reads the graph's before each use, and writes it after each
    change."""

    def __init__(self, graph, name):
        super().__init__()
        self._graph, self._name = graph, name

    def _read(self):
        list.__setitem__(self, slice(None), self._graph._collection(self._name))

    def _write(self):
        self._graph._clear_collection(self._name)
        self._graph._make_collection(self._name)
        for value in list.__iter__(self):
            self._graph._add_to_collection(self._name, value)


def _method_that(method, changes):
    def use(self, *args, **kwargs):
        self._read()
        result = getattr(list, method)(self, *args, **kwargs)
        if changes:
            self._write()
        return result
    return use


for _method in ('__iter__', '__len__', '__getitem__', '__contains__', '__eq__', '__ne__', '__add__', '__reversed__',
                '__repr__', 'index', 'count', 'copy'):
    setattr(CollectionList, _method, _method_that(_method, False))
for _method in ('append', 'extend', 'insert', 'remove', 'pop', 'clear', 'sort', 'reverse', '__setitem__', '__delitem__',
                '__iadd__'):
    setattr(CollectionList, _method, _method_that(_method, True))
