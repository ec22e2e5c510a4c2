"""How sessions that get no `tf.ConfigProto` of their own rewrite graphs."""

from headrace.core.process_config import SWITCHES as _SWITCHES, TOGGLES as _TOGGLES, state as _state
from headrace.core.public import export


def get_jit():
    """Whether just-in-time compilation is asked for; nothing is compiled either way."""
    return bool(_state.jit)


def set_jit(enabled):
    """Asks for just-in-time compilation, which is accepted and changes nothing.

    Args:
      enabled: a bool.
    """
    _state.set('jit', enabled)


def get_experimental_options():
    """The options that were set, and the switches, as a dict."""
    options = {name: bool(_state.rewrites[name]) for name in _TOGGLES if name in _state.rewrites}
    options.update((name, bool(_state.rewrites.get(name))) for name in _SWITCHES)
    if _state.rewrites.get('min_graph_nodes'):
        options['min_graph_nodes'] = _state.rewrites['min_graph_nodes']
    return options


def set_experimental_options(options):
    """Sets options of rewriting; the fields of `RewriterConfig` of that name.

    Args:
      options: a dict: toggles such as 'constant_folding' and switches such as 'disable_meta_optimizer' to bools,
        'min_graph_nodes' to an int. Other names are passed over.
    """
    known = {name: value for name, value in options.items() if name in _TOGGLES + _SWITCHES + ('min_graph_nodes',)}
    _state.set('rewrites', dict(_state.rewrites, **known))


export(globals())
