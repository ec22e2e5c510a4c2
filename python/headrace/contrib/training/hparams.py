"""Hyperparameters by name, with types, that text may override."""

import json
import numbers
import re

from headrace.core.deprecation import deprecated

__all__ = ['HParams', 'parse_values']

_ASSIGNMENT = re.compile(r'''
    (?P<name>[a-zA-Z][\w\.]*)
    (\[\s*(?P<index>\d+)\s*\])?
    \s*=\s*
    ((?P<val>[^,\[]*) | \[(?P<vals>[^\]]*)\])
    ($|,\s*)''', re.VERBOSE)


def _refuse(name, kind, value, values):
    raise ValueError(f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{value}' in {values}")


def _refuse_again(name, values):
    raise ValueError(f"Multiple assignments to variable '{name}' in {values}")


def _parser(name, kind, values):
    """A function from text to a value of a type."""
    def parse_bool(text):
        if text in ('true', 'True', 'false', 'False'):
            return text in ('true', 'True')
        try:
            return bool(int(text))
        except ValueError:
            _refuse(name, kind, text, values)

    return parse_bool if kind is bool else kind


def parse_values(values, type_map, ignore_unknown=False):
    """The values in a text such as 'rate=0.1,sizes=[3,4],names[1]=x'.

    Args:
      values: the text.
      type_map: a dict from names to types.
      ignore_unknown: whether other names are left out; else they are an error.

    Returns:
      A dict from names to values, lists, or dicts from indices to values.

    Raises:
      ValueError: the text is malformed, a name unknown or given twice, or a value of another type.
    """
    found, position = {}, 0
    while position < len(values):
        match = _ASSIGNMENT.match(values, position)
        if not match:
            raise ValueError(f'Malformed hyperparameter value: {values[position:]}')
        position = match.end()
        name = match['name']
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f'Unknown hyperparameter type for {name}')
        parse = _parser(name, type_map[name], values)
        if match['val'] is not None:
            _add_scalar(found, name, match, parse, type_map[name], values)
        else:
            _add_list(found, name, match, parse, type_map[name], values)
    return found


def _add_scalar(found, name, match, parse, kind, values):
    try:
        value = parse(match['val'])
    except ValueError:
        _refuse(name, kind, match['val'], values)
    if not match['index']:
        if name in found:
            _refuse_again(name, values)
        found[name] = value
        return
    listed = found.setdefault(name, {})
    if not isinstance(listed, dict):
        _refuse_again(name, values)
    index = int(match['index'])
    if index in listed:
        _refuse_again(f'{name}[{index}]', values)
    listed[index] = value


def _add_list(found, name, match, parse, kind, values):
    if match['index'] is not None:
        raise ValueError('Assignment of a list to a list index.')
    if name in found:
        _refuse_again(name, values)
    try:
        found[name] = [parse(text) for text in re.split('[ ,]', match['vals']) if text]
    except ValueError:
        _refuse(name, kind, match['vals'], values)


def _cast(name, kind, value):
    """A value as one of a type. ValueError where it is of another kind."""
    if type(value) is kind or issubclass(kind, type(None)):
        return value
    fits = (not issubclass(kind, (str, bytes)) or isinstance(value, (str, bytes))) and \
        issubclass(kind, bool) == isinstance(value, bool) and \
        (not issubclass(kind, numbers.Integral) or isinstance(value, numbers.Integral)) and \
        (not issubclass(kind, numbers.Number) or isinstance(value, numbers.Number))
    if not fits:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)


class HParams:
    """Hyperparameters: attributes whose types stay what they are.

    Args:
      hparam_def: not used here.
      model_structure: kept as given.
      **kwargs: the hyperparameters.
    """

    _HAS_DYNAMIC_ATTRIBUTES = True

    def __init__(self, hparam_def=None, model_structure=None, **kwargs):
        if hparam_def:
            raise NotImplementedError('HParams of a HParamDef are not there')
        self._hparam_types, self._model_structure = {}, model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        """Adds one. ValueError for a name that is taken, or an empty list."""
        if getattr(self, name, None) is not None:
            raise ValueError(f'Hyperparameter name is reserved: {name}')
        if isinstance(value, (list, tuple)):
            if not value:
                raise ValueError(f'Multi-valued hyperparameters cannot be empty: {name}')
            self._hparam_types[name] = (type(value[0]), True)
        else:
            self._hparam_types[name] = (type(value), False)
        setattr(self, name, value)

    def set_hparam(self, name, value):
        """Gives one another value. KeyError for an unknown name, ValueError for a value of another type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError(f'Must not pass a list for single-valued parameter: {name}')
            setattr(self, name, [_cast(name, kind, item) for item in value])
        else:
            if is_list:
                raise ValueError(f'Must pass a list for multi-valued parameter: {name}.')
            setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name):
        """Takes one out, where it is there."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values):
        """Gives those in a text (see `parse_values`) their values there; the object itself."""
        return self.override_from_dict(parse_values(values, {name: kind for name, (kind, _) in self._hparam_types.items()}))

    def override_from_dict(self, values_dict):
        """Gives those in a dict their values there; the object itself."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    @deprecated(None, 'Use `override_from_dict`.')
    def set_from_map(self, values_map):
        """The old name of `override_from_dict`."""
        return self.override_from_dict(values_map)

    def set_model_structure(self, model_structure):
        """Keeps another structure."""
        self._model_structure = model_structure

    def get_model_structure(self):
        """The structure that was given."""
        return self._model_structure

    def to_json(self, indent=None, separators=None, sort_keys=False):
        """All as JSON."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json):
        """Gives those in a JSON text their values there; the object itself."""
        return self.override_from_dict(json.loads(values_json))

    def values(self):
        """A dict of all."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key, default=None):
        """The value of one, `default` where there is none. ValueError for a default of another type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            words = f"Hparam '{key}' of type '{'list<%s>' % kind if is_list else kind}' is incompatible with default={default}"
            if is_list != isinstance(default, list):
                raise ValueError(words)
            try:
                for value in default if is_list else [default]:
                    _cast(key, kind, value)
            except ValueError as error:
                raise ValueError(f'{words}. {error}')
        return getattr(self, key)

    def __contains__(self, key):
        return key in self._hparam_types

    def __str__(self):
        return ','.join(f'{key}={value}' for key, value in self.values().items())

    def __repr__(self):
        return f'{type(self).__name__}({sorted(self.values().items())})'
