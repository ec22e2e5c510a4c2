"""SavedModels: directories with graphs, the values of their variables, and signatures that tell how to use them."""

from headrace.core.deprecation import deprecated as _deprecated
from headrace.core.public import export
from headrace.saved_model import (  # noqa: F401, public modules
    builder, constants, loader, main_op, signature_constants, signature_def_utils, tag_constants, utils)
from headrace.saved_model.builder import Builder
from headrace.saved_model.constants import *  # noqa: F401, F403
from headrace.saved_model.loader import contains_saved_model, load, maybe_saved_model_directory  # noqa: F401
from headrace.saved_model.main_op import main_op_with_restore  # noqa: F401
from headrace.saved_model.signature_constants import *  # noqa: F401, F403
from headrace.saved_model.signature_def_utils import (  # noqa: F401
    build_signature_def, classification_signature_def, is_valid_signature, predict_signature_def,
    regression_signature_def)
from headrace.saved_model.tag_constants import *  # noqa: F401, F403
from headrace.saved_model.utils import build_tensor_info, get_tensor_from_tensor_info  # noqa: F401


@_deprecated(None, 'Save the model with `tf.compat.v1.saved_model.Builder`.')
def simple_save(session, export_dir, inputs, outputs, legacy_init_op=None):
    """Saves a session's graph as a SavedModel for predictions, with the tag SERVING.

    Args:
      session: the session.
      export_dir: the directory, which is made.
      inputs, outputs: dicts from names to tensors: the default signature.
      legacy_init_op: an operation that runs when the model is loaded.
    """
    from headrace.core.graph import GraphKeys
    signatures = {DEFAULT_SERVING_SIGNATURE_DEF_KEY: predict_signature_def(inputs, outputs)}  # noqa: F405
    model = Builder(export_dir)
    model.add_meta_graph_and_variables(session, tags=[SERVING], signature_def_map=signatures,  # noqa: F405
                                       assets_collection=session.graph.get_collection(GraphKeys.ASSET_FILEPATHS),
                                       main_op=legacy_init_op, clear_devices=True)
    model.save()


export(globals())
