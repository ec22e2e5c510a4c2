"""Writes an Estimator's model as a SavedModel."""

import os
import shutil
import time

from headrace import errors
from headrace.core.checkpoints import latest_checkpoint
from headrace.core.graph import Graph, GraphKeys, get_collection
from headrace.core.random_functions import set_random_seed
from headrace.core.savers import Saver
from headrace.core.scaffold import Scaffold
from headrace.core.session import Session
from headrace.saved_model.builder import Builder
from headrace.saved_model.signature_constants import (
    CLASSIFY_METHOD_NAME, DEFAULT_SERVING_SIGNATURE_DEF_KEY, PREDICT_METHOD_NAME, REGRESS_METHOD_NAME)
from headrace.saved_model.tag_constants import SERVING

_METHODS = {'Classify': CLASSIFY_METHOD_NAME, 'Regress': REGRESS_METHOD_NAME, 'Predict': PREDICT_METHOD_NAME}


def export_model(estimator, export_dir_base, input_receiver_fn, assets_extra, as_text, checkpoint_path,
                 strip_default_attrs, mode):
    """See `tf.estimator.Estimator.export_saved_model`."""
    if input_receiver_fn is None:
        raise ValueError('An input_receiver_fn must be defined.')
    path = checkpoint_path or latest_checkpoint(estimator.model_dir)
    if not path:
        raise ValueError(f"Couldn't find trained model at {estimator.model_dir}.")
    folder = timestamped_export_dir(export_dir_base)
    temporary = os.path.join(os.path.dirname(folder), b'temp-' + os.path.basename(folder))
    builder = Builder(temporary)
    _add_model(estimator, builder, input_receiver_fn, path, strip_default_attrs, mode)
    builder.save(as_text)
    for destination, source in (assets_extra or {}).items():
        place = os.path.join(os.fsdecode(temporary), 'assets.extra', destination)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy(source, place)
    os.rename(temporary, folder)
    return folder


def timestamped_export_dir(export_dir_base):
    """The path, as bytes, of a folder that is not there yet, named for the time in seconds."""
    base = os.fsencode(export_dir_base)
    for _ in range(10):
        folder = os.path.join(base, str(int(time.time())).encode())
        if not os.path.exists(folder):
            return folder
        time.sleep(1)
    raise RuntimeError('Failed to obtain a unique export directory name after 10 attempts.')


def _add_model(estimator, builder, input_receiver_fn, checkpoint_path, strip_default_attrs, mode):
    config = estimator.config
    with Graph().as_default() as graph:
        estimator._create_and_assert_global_step(graph)
        set_random_seed(config.tf_random_seed)
        receiver = input_receiver_fn()
        spec = estimator._call_model_fn(receiver.features, getattr(receiver, 'labels', None), mode, config)
        if not spec.export_outputs:
            raise ValueError('export_outputs must be defined: the model function gives nothing to export.')
        signatures = _signatures(receiver, spec.export_outputs)
        local_init_op = spec.scaffold.local_init_op
        if local_init_op is None:
            local_init_op = Scaffold.default_local_init_op()
        saver = spec.scaffold.saver or Saver(sharded=True)
        with Session(config=estimator._session_config) as session:
            _restore(saver, session, checkpoint_path, mode)
            builder.add_meta_graph_and_variables(
                session, tags=[SERVING], signature_def_map=signatures,
                assets_collection=get_collection(GraphKeys.ASSET_FILEPATHS), main_op=local_init_op, saver=saver,
                strip_default_attrs=strip_default_attrs)


def _restore(saver, session, checkpoint_path, mode):
    try:
        saver.restore(session, checkpoint_path)
    except errors.NotFoundError as error:
        raise ValueError('Could not load all requested variables from checkpoint. Please make sure your model_fn does not '
                         f'expect variables that were not saved in the checkpoint.\n\nEncountered error with mode `{mode}` '
                         f'while restoring checkpoint from: `{checkpoint_path}`. {error}') from error


def _signatures(receiver, outputs):
    """{key: SignatureDef} of the outputs that the inputs allow."""
    from headrace.saved_model.signature_def_utils import is_valid_signature
    found, refused = {}, {}

    def add(key, output, tensors):
        try:
            signature = output.as_signature_def(tensors)
        except ValueError as error:
            refused[key] = str(error)
            return
        if is_valid_signature(signature):
            found[key] = signature
        else:
            refused[key] = 'Not a valid signature'

    for key, output in outputs.items():
        add(key, output, receiver.receiver_tensors)
    for name, tensors in (receiver.receiver_tensors_alternatives or {}).items():
        for key, output in outputs.items():
            add(f'{name}:{key or "None"}', output, tensors)
    _tell(found, refused)
    return found


def _tell(found, refused):
    from headrace import logging
    for kind, method in _METHODS.items():
        keys = [key for key, signature in found.items() if signature.method_name == method]
        logging.info('Signatures INCLUDED in export for %s: %s', kind, keys or None)
    logging.info('Signatures INCLUDED in export for Train: None')
    logging.info('Signatures INCLUDED in export for Eval: None')
    if refused:
        logging.info('Signatures EXCLUDED from export because they cannot be be served via TensorFlow Serving APIs:')
        for key, message in refused.items():
            logging.info("'%s' : %s", key, message)
    if DEFAULT_SERVING_SIGNATURE_DEF_KEY not in found:
        logging.warning('Export includes no default signature!')
