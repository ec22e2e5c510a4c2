"""Predictors: functions from arrays to arrays, which hold a session with a trained model."""

from headrace import logging
from headrace.core.graph import Graph
from headrace.core.session import Session
from headrace.core.session_creators import ChiefSessionCreator
from headrace.core.monitored_session import MonitoredSession
from headrace.estimator.mode_keys import ModeKeys
from headrace.saved_model import loader

__all__ = ['from_estimator', 'from_saved_model']

_SERVING, _TAGS = 'serving_default', 'serve'


class Predictor:
    """Called with a dict of arrays by the names of inputs, it answers a dict of arrays by the names of outputs.

    Attributes:
      graph, session: where the model is.
      feed_tensors, fetch_tensors: dicts of tensors by name.
    """

    def __init__(self, graph, session, inputs, outputs):
        """`inputs`, `outputs`: names of tensors by the names that callers use."""
        self._graph, self._session = graph, session
        self._feed_tensors = {key: graph.get_tensor_by_name(name) for key, name in inputs.items()}
        self._fetch_tensors = {key: graph.get_tensor_by_name(name) for key, name in outputs.items()}

    @property
    def graph(self):
        """Where the model is."""
        return self._graph

    @property
    def session(self):
        """The session that runs it."""
        return self._session

    @property
    def feed_tensors(self):
        """The inputs: a dict of tensors by name."""
        return self._feed_tensors

    @property
    def fetch_tensors(self):
        """The outputs: a dict of tensors by name."""
        return self._fetch_tensors

    def __repr__(self):
        return f'{type(self).__name__} with feed tensors {self._feed_tensors} and fetch_tensors {self._fetch_tensors}'

    def __call__(self, input_dict):
        """Runs the model.

        Args:
          input_dict: arrays by the names of inputs. Those that are left out, or None, are not fed.

        Returns:
          A dict of arrays by the names of outputs.

        Raises:
          ValueError: there is no input of such a name.
        """
        expected, unexpected = set(self._feed_tensors), set(input_dict) - set(self._feed_tensors)
        if unexpected:
            raise ValueError(f'Got unexpected keys in input_dict: {unexpected}\nexpected: {expected}')
        feeds = {tensor: input_dict[key] for key, tensor in self._feed_tensors.items()
                 if input_dict.get(key) is not None}
        return self._session.run(self._fetch_tensors, feeds)


class SavedModelPredictor(Predictor):
    """Of a SavedModel."""


class CoreEstimatorPredictor(Predictor):
    """Of an estimator."""


def _names(infos):
    return {key: info.name for key, info in infos.items()}


def _signature(signature_defs, key):
    """The signature of a key, or the one that `tf.contrib.learn` exported under its name."""
    for name in (key, f'default_input_alternative:{key}'):
        if name in signature_defs:
            if name != key:
                logging.warning('Could not find signature def "%s". Using "%s" instead', key, name)
            return signature_defs[name]
    raise ValueError(f'Got signature_def_key "{key}". Available signatures are {list(signature_defs)}. '
                     f'No SignatureDef with key \'{key}\' found in MetaGraphDef.')


def from_saved_model(export_dir, signature_def_key=None, signature_def=None, input_names=None, output_names=None,
                     tags=None, graph=None, config=None):
    """A predictor of a SavedModel.

    Args:
      export_dir: the model's directory.
      signature_def_key: which of the model's signatures; 'serving_default' by default.
      signature_def: a SignatureDef in its place.
      input_names, output_names: dicts of tensors' names in its place.
      tags: of the MetaGraph, with commas between them; 'serve' by default.
      graph: where to load it; a new graph by default.
      config: a ConfigProto for the session.

    Returns:
      A Predictor.

    Raises:
      ValueError: more than one thing says what the inputs and outputs are, or there is no such signature.
    """
    if (input_names is None) != (output_names is None):
        raise ValueError('input_names and output_names must both be specified or both be unspecified.')
    if sum(given is not None for given in (signature_def_key, signature_def, input_names)) > 1:
        raise ValueError('You must specify at most one of signature_def_key OR signature_def OR'
                         '(input_names AND output_names).')
    graph = graph or Graph()
    with graph.as_default():
        session = Session(config=config)
        meta_graph = loader.load(session, (tags or _TAGS).split(','), export_dir)
    if input_names is None:
        if signature_def is None:
            signature_def = _signature(meta_graph.signature_def, signature_def_key or _SERVING)
        input_names, output_names = _names(signature_def.inputs), _names(signature_def.outputs)
    return SavedModelPredictor(graph, session, input_names, output_names)


def from_estimator(estimator, serving_input_receiver_fn, output_key=None, graph=None, config=None):
    """A predictor of an estimator's last checkpoint.

    Args:
      estimator: a `tf.estimator.Estimator`.
      serving_input_receiver_fn: a function that gives a ServingInputReceiver.
      output_key: which of the export outputs; 'serving_default' by default.
      graph: where to build it; a new graph by default.
      config: a ConfigProto for the session.

    Returns:
      A Predictor.

    Raises:
      KeyError: there is no such export output.
    """
    graph = graph or Graph()
    with graph.as_default():
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, ModeKeys.PREDICT, estimator.config)
        signature = spec.export_outputs[output_key or _SERVING].as_signature_def(receiver.receiver_tensors)
        session = MonitoredSession(ChiefSessionCreator(config=config, checkpoint_dir=estimator.model_dir))
    return CoreEstimatorPredictor(graph, session, _names(signature.inputs), _names(signature.outputs))
